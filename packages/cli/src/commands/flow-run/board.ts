import type { Board } from '@sluice/core/model/board';
import { findFlowRun } from '../../find/flow-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { choice } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { boardLines, type Piece } from '../../render/board-text.ts';
import { say } from '../../render/message.ts';
import { paint } from '../../render/paint.ts';

const WIDTH = 100;

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: { output: choice('-o, --output <format>', 'Format; left out, text on a terminal and html elsewhere', ['text', 'html', 'json']) },
  examples: ['sluice flow-run board brave-otter', 'sluice flow-run board brave-otter > board.html'],
  run: ({ args, options: { output: format = process.stdout.isTTY ? 'text' : 'html' }, globals }) =>
    withClient(globals, async (client) => {
      const { id } = await findFlowRun(client, args.run);
      const board = await client.request('GET /flow_runs/{id}/board', { params: { id } });
      if (format === 'json') say(JSON.stringify(board, null, 2));
      else if (format === 'html') say(await toHtml(board));
      else for (const line of boardLines(board, Date.parse(board.at), process.stdout.columns || WIDTH)) say(line.map(painted).join(''));
    }),
});

const painted = ({ text, ink }: Piece) => (ink ? paint(ink, text) : text);

/** One file that opens from a disk. What a run has said can end no script: `<` never stands in the JSON. */
async function toHtml(board: Board): Promise<string> {
  const { boardFile } = await import('@sluice/ui');
  const json = JSON.stringify(board).replaceAll('<', '\\u003c');
  return (await boardFile()).replace('<!--board-->', () => json);
}

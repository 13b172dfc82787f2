import type { Client } from '@sluice/client';
import { EXIT } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Log } from '@sluice/core/model/log';
import { findFlowRun } from '../../find/flow-run.ts';
import { readLines } from '../../find/log-lines.ts';
import { argument, defineCommand, type Globals } from '../../program/define-command.ts';
import { type Format, flag, output, whole } from '../../program/options.ts';
import { onStopSignals } from '../../program/stop-signals.ts';
import { WATCH_PATIENCE, withClient } from '../../program/with-client.ts';
import { logLine } from '../../render/log-line.ts';
import { say } from '../../render/message.ts';
import { isJson, printList } from '../../render/print.ts';
import { watchFlowRun } from '../../watch/watch-flow-run.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: {
    head: flag('--head', 'Print only the first lines'),
    tail: flag('-t, --tail', 'Print only the last lines'),
    number: whole('-n, --num-logs <number>', 'How many lines --head or --tail prints', 20),
    reverse: flag('-r, --reverse', 'Print the last line first'),
    follow: flag('-f, --follow', 'Print lines as they come, until the run ends'),
    output,
  },
  examples: ['sluice flow-run logs brave-otter', 'sluice flow-run logs brave-otter --tail -n 50', 'sluice flow-run logs brave-otter --follow'],
  run: ({ args, options, globals }) => {
    if (options.follow) return followLogs(globals, args.run, options);
    return withClient(globals, async (client) => {
      const { id } = await findFlowRun(client, args.run);
      const lines = await readLogs(client, id, options);
      if (options.reverse) lines.reverse();
      if (isJson(options.output)) return printList(lines, [], options.output);
      for (const line of lines) say(logLine(line));
    });
  },
});

interface Part {
  readonly head: boolean;
  readonly tail: boolean;
  readonly number: number;
}

interface Shape {
  readonly reverse: boolean;
  readonly output: Format | undefined;
}

/** Oldest first. */
async function readLogs(client: Client, id: string, { head, tail, number }: Part): Promise<Log[]> {
  const logs = { flow_run_id: { any_: [id] } };
  if (tail) return (await readLines(client, logs, { sort: 'TIMESTAMP_DESC', most: number })).reverse();
  return readLines(client, logs, { sort: 'TIMESTAMP_ASC', ...(head && { most: number }) });
}

/** Prints lines as they come. Ctrl+C ends this, not the run. */
async function followLogs(globals: Globals, run: string, { head, tail, number, reverse, output }: Part & Shape): Promise<number | undefined> {
  const whole = ['--head', '--reverse', '--output json'].filter((_, index) => [head, reverse, isJson(output)][index]);
  if (whole.length > 0)
    throw new SluiceError('USAGE', `${whole[0]} needs all lines, and --follow prints them as they come.`, { hint: 'Leave one of the two out.' });
  const { id } = await withClient(globals, (client) => findFlowRun(client, run));
  const stop = new AbortController();
  const signals = onStopSignals(() => stop.abort());
  try {
    await withClient(globals, (client) => printLines(client, id, { tail: tail ? number : undefined, signal: stop.signal }), {
      patienceSeconds: WATCH_PATIENCE,
    });
    return undefined;
  } catch (error) {
    if (stop.signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    signals.forget();
  }
}

/** From the first line, or the last ones, to the end of the run. */
async function printLines(client: Client, id: string, { tail, signal }: { tail: number | undefined; signal: AbortSignal }): Promise<void> {
  for await (const news of watchFlowRun(client, id, signal, { lines: tail })) if (news.kind === 'log') say(logLine(news.log));
}

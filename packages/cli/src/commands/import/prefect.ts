import type { Client } from '@sluice/client';
import { EXIT } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { yes } from '../../change/delete-records.ts';
import { copyItems } from '../../import/copy-items.ts';
import { readItems } from '../../import/kinds.ts';
import { type PlannedItem, planImport } from '../../import/plan-import.ts';
import { apiUrlOf, withSource } from '../../import/prefect-source.ts';
import { IMPORT_COLUMNS, planRecord, planText } from '../../import/show-import.ts';
import { called } from '../../program/called.ts';
import { defineCommand } from '../../program/define-command.ts';
import { type Format, flag, output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { confirm } from '../../render/confirm.ts';
import { counted } from '../../render/counted.ts';
import { say, tell } from '../../render/message.ts';
import { isJson, printList } from '../../render/print.ts';

interface Options {
  readonly yes: boolean;
  readonly output: Format | undefined;
  readonly activateSchedules: boolean;
}

export const command = defineCommand({
  options: {
    from: text('--from <url>', 'The Prefect server, 2.13 or 3, to copy from'),
    apiKey: text('--api-key <key>', 'The key that it asks for'),
    authString: text('--auth-string <user:password>', 'What it asks for instead of a key'),
    activateSchedules: flag('--activate-schedules', 'Copy active schedules active; their runs are made at both servers then'),
    yes,
    output,
  },
  examples: [
    'sluice import prefect --from http://prefect-server:4200/api',
    'sluice import prefect --from http://prefect-server:4200/api --yes --activate-schedules',
  ],
  run: async ({ options: { from, ...options }, globals }) => {
    if (from === undefined)
      throw new SluiceError('USAGE', 'No server to copy from was given.', { hint: 'For example: --from http://prefect-server:4200/api' });
    return withClient(globals, async (target) => {
      await expectTarget(target, apiUrlOf(from));
      return withSource({ ...options, from }, async (source) => {
        const plan = planImport(await readItems(source), await readItems(target));
        return copyPlanned(target, plan, options);
      });
    });
  },
});

/** Whoever comes from Prefect may have its address in the environment still. */
async function expectTarget(target: Client, from: string): Promise<void> {
  const hint = `Say which server to copy to: ${called('import prefect --from … --api-url http://127.0.0.1:4200/api')}`;
  if (apiUrlOf(target.apiUrl) === from) throw new SluiceError('USAGE', `${from} is the server to copy from and the one to copy to.`, { hint });
  if ((await target.capabilities()).ourRoutes) return;
  throw new SluiceError('USAGE', `The server to copy to, ${target.apiUrl}, is not a Sluice server.`, { hint });
}

async function copyPlanned(target: Client, plan: readonly PlannedItem[], options: Options): Promise<number> {
  const json = isJson(options.output);
  const fresh = plan.filter(({ fate }) => fate === 'new').length;
  const shown = plan.filter(({ fate }) => fate !== 'same');
  if (!json && shown.length > 0) await printList(shown, IMPORT_COLUMNS, options.output);
  if (!json) tell(planText(plan, options));
  const asked = options.yes || (process.stdin.isTTY && fresh > 0 && (await confirm(`Copy ${counted(fresh, 'record', 'records')}?`)));
  if (fresh === 0 || !asked) {
    if (json) await printList(plan.map(planRecord), [], options.output);
    if (fresh > 0) tell(`Nothing was copied.${options.yes || process.stdin.isTTY ? '' : ' --yes copies without asking.'}`);
    return fresh === 0 || process.stdin.isTTY ? EXIT.ok : EXIT.usage;
  }
  const copied = await copyItems(target, plan, options);
  const refused = copied.filter(({ fate, copied: isCopied }) => fate === 'new' && !isCopied);
  if (json) await printList(copied.map(planRecord), [], options.output);
  else say(`Copied ${counted(fresh - refused.length, 'record', 'records')}.`);
  for (const { item, why } of refused) tell(`${item.kind} "${item.name}" could not be copied: ${why}`);
  return refused.length > 0 ? EXIT.failed : EXIT.ok;
}

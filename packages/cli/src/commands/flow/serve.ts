import { SluiceError } from '@sluice/core/errors/sluice-error';
import { namesSchedule, scheduleOf, scheduleRule } from '../../change/schedule-rule.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { outliveOutput } from '../../program/end-with-output.ts';
import { list, noFlag, text, whole } from '../../program/options.ts';
import { useApiUrl } from '../../program/use-api-url.ts';
import { loadFlow } from '../../project/load-flow.ts';
import { sdkOf } from '../../project/project-sdk.ts';

export const command = defineCommand({
  arguments: { entrypoint: argument('<file:export>', 'The flow; its name may be left out where the file exports one alone') },
  options: {
    name: text('-n, --name <name>', 'Name of the deployment'),
    description: text('-d, --description <text>', 'What it is for'),
    version: text('-v, --version <version>', 'Its version'),
    tags: list('-t, --tag <tag>', 'A tag of its runs; can be given more than once'),
    ...scheduleRule,
    pauseOnShutdown: noFlag('--no-pause-on-shutdown', 'Leave its schedule on when this ends'),
    limit: whole('--limit <number>', 'Runs at once here', 5),
    globalLimit: whole('--global-limit <number>', 'Runs of the deployment at once, over all who serve it', undefined),
  },
  examples: ['sluice flow serve flows/load.ts:load --name nightly --cron "0 2 * * *"', 'sluice flow serve flows/load.ts --name by-hand --limit 2'],
  run: async ({ args, options, globals }) => {
    const { name, description, version, tags, limit, globalLimit, pauseOnShutdown, ...rule } = options;
    if (name === undefined) throw new SluiceError('USAGE', 'The deployment needs a name.', { hint: 'For example: --name nightly' });
    const schedules = namesSchedule(rule) ? [{ schedule: scheduleOf(rule) }] : [];
    useApiUrl(globals);
    const { file, value: flow } = await loadFlow(args.entrypoint);
    const { deploy, serve } = await sdkOf(file);
    const more = { ...(description !== undefined && { description }), ...(version !== undefined && { version }) };
    const shared = { name, tags, schedules, ...more, ...(globalLimit !== undefined && { concurrencyLimit: globalLimit }) };
    outliveOutput();
    await serve(deploy(flow, shared), { limit, pauseOnShutdown });
  },
});

import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { argument, defineCommand } from '../../program/define-command.ts';
import { choice, flag, output, text, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';
import { templateOf } from '../../work-pools/template-of.ts';

/** Those that Prefect's workers know. */
const TYPES = ['process', 'docker', 'kubernetes', 'ecs', 'cloud-run', 'cloud-run-v2', 'vertex-ai', 'azure-container-instance'] as const;

export const command = defineCommand({
  arguments: { name: argument('<name>', 'Name of the work pool') },
  options: {
    type: choice('-t, --type <type>', 'Kind of infrastructure; process when left out, which is what Sluice workers run', TYPES),
    description: text('--description <text>', 'What it is for'),
    template: text('--base-job-template <file>', 'JSON file with what its runs are started with (- reads it from standard input)'),
    image: text('--image <image>', 'Image that its runs are run in, when their deployments name none'),
    limit: whole('--concurrency-limit <number>', 'Runs that can be active at once', undefined, { min: 0 }),
    paused: flag('--paused', 'Keep its runs from starting until it is resumed'),
    output,
  },
  examples: [
    'sluice work-pool create etl-pool --type process',
    'sluice work-pool create cleanup-pool --paused',
    'sluice work-pool create k8s-pool --type kubernetes --image registry.example.com/etl:1',
  ],
  run: ({ args: { name }, options: { type = 'process', description, template, image, limit, paused, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const base_job_template = templateOf(type, template, image);
      const body = { name, type, is_paused: paused, description, concurrency_limit: limit, base_job_template };
      const pool = await client.request('POST /work_pools/', { body }).catch((error: unknown) => {
        throw isSluiceError(error) && error.code === 'CONFLICT' ? exists(name, error) : error;
      });
      if (isJson(format)) return printRecord(pool, [], format);
      say(`Created work pool "${pool.name}" (type ${pool.type}).`);
    }),
});

const exists = (name: string, cause: SluiceError) =>
  new SluiceError('CONFLICT', cause.message, { hint: `sluice work-pool inspect ${name} shows it.`, cause });

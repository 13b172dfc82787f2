import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import type { WorkPool } from '@sluice/core/model/work-pool';
import { reportChange } from '../../change/report-change.ts';
import { findWorkPool, readWorkPool } from '../../find/work-pool.ts';
import { writeConfigFile } from '../../home/config-file.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { choice, flag, output, text, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { POOL_TYPES, templateOf } from '../../work-pools/template-of.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'Name of the work pool') },
  options: {
    type: choice('-t, --type <type>', 'Kind of infrastructure; process when left out, which is what Sluice workers run', POOL_TYPES),
    description: text('--description <text>', 'What it is for'),
    template: text('--base-job-template <file>', 'JSON file with what its runs are started with (- reads it from standard input)'),
    image: text('--image <image>', 'Image that its runs are run in, when their deployments name none'),
    limit: whole('--concurrency-limit <number>', 'Runs that can be active at once', undefined, { min: 0 }),
    paused: flag('--paused', 'Keep its runs from starting until it is resumed'),
    overwrite: flag('--overwrite', 'Change the pool when it is there: what is given here; its type stays'),
    setAsDefault: flag('--set-as-default', 'Write it into config.env as the setting SLUICE_WORK_POOL'),
    output,
  },
  examples: [
    'sluice work-pool create etl-pool --type process',
    'sluice work-pool create cleanup-pool --paused',
    'sluice work-pool create k8s-pool --type kubernetes --image registry.example.com/etl:1',
  ],
  run: ({ args: { name }, options, globals }) =>
    withClient(globals, async (client, { home }) => {
      const { type, description, template, image, limit, paused, overwrite, setAsDefault, output: format } = options;
      const there = overwrite ? await findWorkPool(client, name) : undefined;
      if (there && type !== undefined && type !== there.type) throw otherType(there, type);
      const kind = there?.type ?? type ?? 'process';
      const names = template !== undefined || image !== undefined || !there;
      const about = { description, concurrency_limit: limit, base_job_template: names ? templateOf(kind, template, image) : undefined };
      if (there) await client.request('PATCH /work_pools/{name}', { params: { name }, body: { ...about, ...(paused && { is_paused: true }) } });
      else
        await client.request('POST /work_pools/', { body: { name, type: kind, is_paused: paused, ...about } }).catch((error: unknown) => {
          throw isSluiceError(error) && error.code === 'CONFLICT' ? exists(name, error) : error;
        });
      if (setAsDefault) writeConfigFile(home, new Map([['SLUICE_WORK_POOL', name]]));
      const done = `${there ? 'Changed' : 'Created'} work pool "${name}" (type ${kind}).`;
      await reportChange(format, setAsDefault ? `${done} It is the pool where none is named.` : done, () => readWorkPool(client, name));
    }),
});

const otherType = ({ name, type }: WorkPool, wanted: string) =>
  new SluiceError('CONFLICT', `The work pool "${name}" is of type ${type}, and cannot become one of type ${wanted}.`, {
    hint: `Choose another name, or delete it first: sluice work-pool delete ${name}`,
  });

const exists = (name: string, cause: SluiceError) =>
  new SluiceError('CONFLICT', cause.message, { hint: `sluice work-pool inspect ${name} shows it. To change it: --overwrite.`, cause });

import { hostname } from 'node:os';
import type { Client } from '@sluice/client';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import type { WorkPool } from '@sluice/core/model/work-pool';
import { expectKnownType } from '@sluice/worker/pool-types';
import { forgetKeptWorkers } from '../../etl/kept-workers.ts';
import { findWorkPool, readWorkPool } from '../../find/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { choice, flag, list, text, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { POOL_TYPES, templateOf } from '../../work-pools/template-of.ts';

const MOST = 200;

export const command = defineCommand({
  options: {
    pool: text('-p, --pool <name>', 'Work pool to take runs from; the setting SLUICE_WORK_POOL when left out'),
    name: text('-n, --name <name>', "Name of the worker, the machine's when left out; with --workers, each name gets a number after it"),
    limit: whole('-l, --limit <number>', 'How many flow runs it runs at once', 1),
    queues: list('-q, --work-queue <name>', 'Only this queue of the pool; can be given more than once'),
    workers: whole('--workers <number>', 'Start this many workers, each in a process of its own, and restart those that die', undefined, {
      min: 1,
      max: MOST,
    }),
    type: choice('-t, --type <type>', 'Make the pool, of this type, when it is not there', POOL_TYPES),
    template: text('--base-job-template <file>', 'JSON file with what runs of such a new pool are started with'),
    runOnce: flag('--run-once', 'Run what is due, and what comes while that runs, and end'),
    withHealthcheck: flag('--with-healthcheck', 'Answer over HTTP whether the worker is in touch with its server: http://127.0.0.1:8080/health'),
    cleanEnv: flag('--clean-env', "Give flows only the environment that their deployment names, nothing else of the worker's"),
  },
  examples: [
    'sluice worker start --pool default-pool',
    'sluice worker start --pool new-pool --type process',
    'sluice worker start --workers 3',
    'sluice worker start --run-once',
    'SLUICE_WORKER_WEBSERVER_PORT=8081 sluice worker start --with-healthcheck',
    'sluice worker start --pool etl-pool --name worker-machine1 --limit 4',
  ],
  run: ({ options, globals }) =>
    withClient(globals, async (client, settings) => {
      const { limit, queues, workers, cleanEnv, runOnce: isOnce, withHealthcheck } = options;
      if (withHealthcheck && workers !== undefined)
        throw new SluiceError('USAGE', '--with-healthcheck is for one worker: several would want the same port.', { hint: 'Leave out --workers.' });
      const pool = await poolToWorkFor(client, options.pool ?? settings.work_pool, options);
      expectKnownType(pool);
      const wanted = { settings, pool: pool.name, limit, queues, cleanEnv, isOnce };
      if (workers === undefined) {
        const { runWorker } = await import('../../worker/run-worker.ts');
        return runWorker({ ...wanted, withHealthcheck, name: options.name ?? `${hostname()}-${process.pid}` });
      }
      const { runWorkers } = await import('../../worker/run-workers.ts');
      await runWorkers({ ...wanted, names: Array.from({ length: workers }, (_, index) => `${options.name ?? hostname()}-${index + 1}`) });
      // When they are those that the etl command has left up.
      await forgetKeptWorkers(settings.home, process.pid);
    }),
});

interface NewPool {
  readonly type: string | undefined;
  readonly template: string | undefined;
}

/** The pool, which is made when its type is named and it is not there. */
async function poolToWorkFor(client: Client, name: string, { type, template }: NewPool): Promise<WorkPool> {
  if (type === undefined && template !== undefined)
    throw new SluiceError('USAGE', '--base-job-template is for a pool that is made.', { hint: 'Give its --type, too.' });
  if (type !== undefined && !(await findWorkPool(client, name))) {
    const body = { name, type, base_job_template: templateOf(type, template, undefined) };
    await client.request('POST /work_pools/', { body }).catch((error: unknown) => {
      // Another worker has made it at this moment.
      if (!isSluiceError(error) || error.code !== 'CONFLICT') throw error;
    });
  }
  return readWorkPool(client, name);
}

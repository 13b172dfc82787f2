import { hostname } from 'node:os';
import { type Client, pageAll } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isRunning } from './is-running.ts';

/**
 * Two workers of one name would take each other's place at every beat. The server refuses one whose namesake is awake on another machine;
 * of this machine it is known here whether that one lives: a worker that was killed is started again at once.
 */
export async function expectFreeName(client: Client, pool: string, name: string): Promise<void> {
  const body = { workers: { status: { any_: ['ONLINE' as const] } } };
  const online = await pageAll((page) =>
    client.request('POST /work_pools/{name}/workers/filter', { params: { name: pool }, body: { ...body, ...page } }),
  );
  const namesake = online.find((worker) => worker.name === name);
  if (namesake?.host !== hostname() || namesake.pid === null || namesake.pid === process.pid || !isRunning(namesake.pid)) return;
  throw new SluiceError('CONFLICT', `A worker named "${name}" runs here already (process ${namesake.pid}).`, {
    hint: 'Give this one another name: --name NAME.',
  });
}

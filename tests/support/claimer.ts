import type { FlowRun } from '@sluice/core/model/flow-run';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { uuidv7 } from 'uuidv7';
import type { Lab } from './lab.ts';

/** A pool, and a worker of it that only claims: what comes after is the test's. */
export async function startClaimer(lab: Lab, leaseSeconds: number) {
  const pool = await lab.pool();
  const worker_id = uuidv7();
  const params = { name: pool };
  const worker = { worker_id, name: pool, concurrency_limit: 9, heartbeat_interval_seconds: 600, host: 'here', pid: process.pid };
  const beat = (leases: { flow_run_id: string; epoch: number }[] = []) =>
    lab.client.request('POST /work_pools/{name}/workers/beat', { params, body: { ...worker, leases } });
  /** A worker that has not beaten for a lease's time gets nothing. */
  const claim = async (): Promise<ClaimedRun> => {
    await beat();
    const [claimed] = await lab.client.request('POST /work_pools/{name}/claim', { params, body: { worker_id, wait_seconds: leaseSeconds / 2 } });
    return claimed ?? claim();
  };
  /** As the worker that has claimed it: until the program has ended, or stands for itself. */
  const keep = async ({ flow_run: { id }, epoch }: ClaimedRun, ended: Promise<unknown>, isOwn = (_: FlowRun) => false): Promise<void> => {
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    for (let run = await lab.read(id); !isOver && !isOwn(run); run = await lab.read(id)) {
      await beat([{ flow_run_id: id, epoch }]);
      const since = { [id]: run.state_id as string };
      await lab.client.request('POST /flow_runs/wait', { body: { ids: [id], since, wait_seconds: leaseSeconds / 4 } });
    }
  };
  return { pool, claim, keep };
}

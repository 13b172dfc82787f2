import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';

/** Takes a worker that has gone from the lists. */
export const forgetAct = (pool: string, worker: string, onDone: () => void): Act =>
  act(
    'DELETE /work_pools/{name}/workers/{worker}',
    { params: { name: pool, worker } },
    {
      title: `Forget worker ${worker}`,
      about: 'Its record goes; what it ran stays. One that is alive appears again with its next heartbeat.',
      confirm: 'Forget',
      kind: 'danger',
      done: `The worker ${worker} is forgotten.`,
      command: sluice('worker', 'delete', worker, '--pool', pool, '--yes'),
      onDone,
    },
  );

import { once } from 'node:events';
import { Worker as Thread } from 'node:worker_threads';
import { monotonicMs } from '@sluice/client';
import type { ErrorCode } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { WorkerBeat, WorkerBeatAnswer } from '@sluice/core/model/worker';
import { leaseDeadline } from '@sluice/core/process/lease-deadline';
import type { ApiAccess } from '@sluice/core/process/messages';
import { nodeFlags, programBeside } from '@sluice/core/process/programs';
import type { HeldRuns } from './held-runs.ts';

export type BeatIdentity = Omit<WorkerBeat, 'leases' | 'leaving'> & { readonly api: ApiAccess; readonly pool: string };

export type ToBeatThread = { readonly type: 'leases'; readonly leases: WorkerBeat['leases'] } | { readonly type: 'stop' };

/** A beat was answered. Leases last `answer.lease_seconds` from `sent_ms`, of the monotonic clock. */
export type FromBeatThread =
  | { readonly type: 'beat'; readonly sent_ms: number; readonly leases: WorkerBeat['leases']; readonly answer: WorkerBeatAnswer }
  | { readonly type: 'failed'; readonly code: ErrorCode | undefined; readonly message: string; readonly hint: string | undefined };

export interface Beat {
  /** Whether a beat was answered lately. */
  isInTouch(): boolean;
  stop(): Promise<void>;
}

/** A worker that has been silent for so many is OFFLINE to its server, too. */
const IN_TOUCH_BEATS = 3;

/** Starts the thread that beats, and resolves after its first beat. */
export async function startBeat(identity: BeatIdentity, held: HeldRuns): Promise<Beat> {
  const program = programBeside('./beat-thread', import.meta.url);
  const thread = new Thread(program, { workerData: identity, execArgv: nodeFlags(program) });
  const tell = () => {
    const leases = held.all().map(({ flow_run_id, epoch, stalledSeconds }) => {
      const stalled_seconds = stalledSeconds();
      return { flow_run_id, epoch, ...(stalled_seconds !== undefined && { stalled_seconds }) };
    });
    thread.postMessage({ type: 'leases', leases } satisfies ToBeatThread);
  };
  let answeredMs = 0;
  held.on('change', tell);
  thread.on('message', (message: FromBeatThread) => {
    if (message.type === 'failed') return;
    const { sent_ms, leases, answer } = message;
    answeredMs = sent_ms;
    const lost = new Set(answer.lost);
    for (const { flow_run_id, epoch } of leases) {
      const run = held.get(flow_run_id);
      if (run?.epoch !== epoch) continue;
      if (lost.has(flow_run_id)) run.lose();
      else run.prolong(leaseDeadline(sent_ms, answer.lease_seconds));
    }
    tell(); // the next beat says how its runs are then
  });
  const [first] = (await once(thread, 'message')) as [FromBeatThread];
  if (first.type === 'failed') {
    await thread.terminate();
    throw new SluiceError(first.code ?? 'INTERNAL', first.message, { hint: first.hint });
  }
  return {
    isInTouch: () => monotonicMs() - answeredMs < identity.heartbeat_interval_seconds * IN_TOUCH_BEATS * 1000,
    stop: async () => {
      held.off('change', tell);
      thread.postMessage({ type: 'stop' } satisfies ToBeatThread);
      await once(thread, 'exit');
    },
  };
}

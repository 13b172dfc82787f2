import { startTimer } from '@sluice/client';
import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import { currentContext, currentScope, currentTask } from '../context.ts';
import { GIVE_UP, WaitHub } from '../engine/wait-hub.ts';
import { checkOptions, rules } from '../options.ts';
import { useClient } from '../settings/use-client.ts';
import { messageOfThrown } from '../text/thrown.ts';
import { type FlowRunHandle, toHandle } from './flow-run-handle.ts';
import type { Progress, ReportProgress } from './progress.ts';

export interface WaitOptions {
  /** After this time the runs are returned as they are, perhaps unfinished. Default: no limit. */
  readonly timeout?: Duration;
  readonly signal?: AbortSignal;
  /** Told how many of the runs are final. */
  readonly onProgress?: ReportProgress;
}

/** For each run that was started by its flow, the type of what it returns is known. */
type Finished<Runs extends readonly (FlowRunHandle | string)[]> = {
  -readonly [Index in keyof Runs]: Runs[Index] extends FlowRunHandle<infer Result> ? FlowRunHandle<Result> : FlowRunHandle;
};

/**
 * Waits until all these flow runs are final, however they ended, and returns them in the same order. One subscription, no
 * polling. While the flow only waits, its slots of worker, pool and queue are lent to others, and it has them again before this
 * returns. Throws only when the wait itself is ended: by `signal`, or because the run is cancelled.
 */
export async function waitForFlowRuns<const Runs extends readonly (FlowRunHandle | string)[]>(
  runs: Runs,
  options: WaitOptions = {},
): Promise<Finished<Runs>> {
  checkOptions('waitForFlowRuns', options, { timeout: rules.wait, onProgress: rules.function });
  const ids = runs.map((run) => (typeof run === 'string' ? run : run.id));
  const scope = currentScope();
  return useClient(async (client) => {
    const hub = scope?.waits ?? new WaitHub(client, { leased: false });
    const finished = new Set<string>();
    const onChange = (changed: readonly FlowRun[]) => {
      for (const { id, state_type } of changed) if (isFinal(state_type)) finished.add(id);
      tellProgress(options.onProgress, { done: finished.size, total: ids.length });
    };
    const flowRuns = await withTimeout(options, (signal) =>
      hub.standStill(currentTask()?.work, scope?.stop.signal ?? signal, () =>
        hub.wait(ids, onChange, signal, currentTask()?.within ?? scope?.within),
      ),
    );
    const known = new Map(flowRuns.map((flowRun) => [flowRun.id, flowRun]));
    // A wait that was given up at once knows nothing of them yet.
    const read = (id: string) => known.get(id) ?? client.request('GET /flow_runs/{id}', { params: { id } });
    return (await Promise.all(ids.map(async (id) => toHandle(client, await read(id))))) as unknown as Finished<Runs>;
  });
}

/** A watcher that fails, at once or later, does not change what goes on. */
function tellProgress(tell: ReportProgress | undefined, progress: Progress): void {
  const log = currentContext()?.log;
  void (async () => tell?.(progress))().catch((error: unknown) => log?.warn(`onProgress failed: ${messageOfThrown(error)}`));
}

async function withTimeout<T>({ timeout, signal }: WaitOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const timer = timeout === undefined ? undefined : startTimer(toSeconds(timeout) * 1000, () => own.abort(GIVE_UP));
  const signals = [own.signal, signal, currentContext()?.signal].filter((each) => each !== undefined);
  try {
    return await work(AbortSignal.any(signals));
  } finally {
    timer?.stop();
  }
}

import { EventEmitter } from 'node:events';

/** A run that this worker holds, as its parts see it. */
export interface HeldRun {
  readonly flow_run_id: string;
  readonly epoch: number;
  /** The state that it was claimed in. */
  readonly state_id: string | null;
  /** The run is asked to stop, and killed after the grace time. */
  readonly cancel: () => void;
  /** The lease is over: the process group is killed at once. */
  readonly lose: () => void;
  /** The lease was prolonged: the guard may wait until then, in milliseconds of the monotonic clock. */
  readonly prolong: (deadlineMs: number) => void;
  /** Seconds since the run's main thread last turned; undefined while it turns. */
  readonly stalledSeconds: () => number | undefined;
}

/** The runs that a worker holds, shared by the beat, the watch for cancellations and whoever runs them. */
export class HeldRuns extends EventEmitter<{ change: [] }> {
  readonly #runs = new Map<string, HeldRun>();

  add(run: HeldRun): void {
    this.#runs.set(run.flow_run_id, run);
    this.emit('change');
  }

  /** Under this epoch: a run that was claimed here again, while the process of its last life still ended, is held on. */
  delete({ flow_run_id, epoch }: Pick<HeldRun, 'flow_run_id' | 'epoch'>): void {
    if (this.#runs.get(flow_run_id)?.epoch !== epoch) return;
    this.#runs.delete(flow_run_id);
    this.emit('change');
  }

  get(flowRunId: string): HeldRun | undefined {
    return this.#runs.get(flowRunId);
  }

  all(): HeldRun[] {
    return [...this.#runs.values()];
  }
}

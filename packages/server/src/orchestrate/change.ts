import type { FlowRunPolicy } from '@sluice/core/model/run-policy';
import type { State, StateCreate } from '@sluice/core/model/state';
import type { NewFlowRun, NewTaskRun } from '../store/new-runs.ts';

/** Who proposes, when it is the holder of a lease: its writes count only while the lease is. */
export interface Writer {
  readonly flow_run_id: string;
  readonly epoch: number;
}

/** A Sluice worker takes a run: with the state go the lease and its slots. */
export interface Claim {
  readonly incarnation_id: string;
  readonly worker_name: string;
  readonly worker_limit: number;
  readonly lease_seconds: number;
}

interface ChangeOfState {
  /** The id that the written state gets: made once, so that a commit with unknown outcome can be looked up. */
  readonly state_id: string;
  readonly proposed: StateCreate;
  readonly force: boolean;
  readonly writer: Writer | null;
}

export interface FlowRunChange extends ChangeOfState {
  readonly kind: 'flow_run';
  readonly id: string;
  readonly create: NewFlowRun | null;
  readonly claim: Claim | null;
  /** From the reaper: counts only if the run's lease has ended by the time the run is locked. */
  readonly reap: boolean;
  /** Counts only if the run's pause is over by the time the run is locked. */
  readonly pauseIsOver?: boolean | undefined;
  /** Who proposes prolongs the slot of the run's deployment by its lease. */
  readonly renews?: boolean | undefined;
  /** The process that runs it, noted when the state is accepted. */
  readonly infrastructure_pid?: string | undefined;
  /** How it is retried, noted like that. */
  readonly empirical_policy?: FlowRunPolicy | undefined;
  /** What the run is told with the state, when that is accepted. */
  readonly input?: { readonly key: string; readonly value: string } | undefined;
  /** The run is done again from this task run of its own on. */
  readonly restart?: { readonly from_task_run_id: string } | undefined;
}

export interface TaskRunChange extends ChangeOfState {
  readonly kind: 'task_run';
  readonly id: string;
  readonly create: NewTaskRun | null;
  /** The state is proposed even when the run that was to be made is there. */
  readonly step: boolean;
  /** It has happened already, elsewhere. */
  readonly recorded: Recorded | null;
}

/** What a client reports of a task run that it ran without asking, as a Prefect 3 client does. */
export interface Recorded {
  /** When the run got the state, by the client's clock. */
  readonly timestamp: string;
  readonly run_count: number;
  readonly flow_run_run_count: number;
  readonly expected_start_time: string | null;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly total_run_time: number;
}

/**
 * One request to the door: make a run unless it is there, propose a state, or both; or record what has happened elsewhere. Decision
 * 0015.
 */
export type Change = FlowRunChange | TaskRunChange;

/** What came of it, after it is durable. */
export interface Outcome {
  /** The run's id: of the one that was there, when a create found it. */
  readonly id: string;
  readonly created: boolean;
  /** Whether a state was written now. */
  readonly written: boolean;
  readonly status: 'ACCEPT' | 'REJECT' | 'WAIT' | 'ABORT';
  readonly state: State | null;
  readonly reason: string | null;
  /** Microseconds to wait, with WAIT. */
  readonly delay: number;
  /** The lease's epoch, after a claim. */
  readonly epoch: number;
}

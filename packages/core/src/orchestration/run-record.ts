import type { FlowRunPolicy, TaskRunPolicy } from '../model/run-policy.ts';
import type { State } from '../model/state.ts';

/** The part of a run's record that orchestration reads and writes. */
export interface RunRecord {
  readonly id: string;
  readonly state: State | null;
  readonly run_count: number;
  readonly expected_start_time: string | null;
  readonly next_scheduled_start_time: string | null;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly total_run_time: number;
}

export interface FlowRunRecord extends RunRecord {
  readonly deployment_id: string | null;
  /** Null: no worker could claim it. */
  readonly work_queue_id: string | null;
  readonly parent_task_run_id: string | null;
  readonly infrastructure_pid: string | null;
  readonly empirical_policy: FlowRunPolicy;
  readonly crash_count: number;
}

export interface TaskRunRecord extends RunRecord {
  readonly flow_run_id: string | null;
  readonly flow_run_run_count: number;
  readonly empirical_policy: TaskRunPolicy;
}

/** A limit that a run must have a slot of. `limit` null counts but never refuses. */
export interface SlotCount {
  readonly kind: 'worker' | 'work pool' | 'work queue' | 'deployment' | 'tag';
  readonly name: string;
  readonly limit: number | null;
  readonly used: number;
  readonly paused?: boolean;
  /** What becomes of a run that meets a deployment's limit: it waits, or it is cancelled. */
  readonly collision_strategy?: 'ENQUEUE' | 'CANCEL_NEW' | null;
}

/** What is known of leases: the run's own, and that of who proposes. */
export interface LeaseFacts {
  /**
   * The lease that the run is under now: `claimed` by a Sluice worker, or only its slots, taken by a Prefect worker. `served`: claimed for
   * a process of its own, by one that serves its deployment and takes it up again.
   */
  readonly lease: { readonly claimed: boolean; readonly served?: boolean; readonly deployment_lease_id?: string | null } | null;
  /** Who proposes, when it is a lease's holder: the epoch it carries, the epoch of that lease now, and whether it is this run's. */
  readonly writer: { readonly epoch: number; readonly current: number | null; readonly self: boolean } | null;
}

export interface FlowRunFacts extends LeaseFacts {
  /** The proposal is the claim of a Sluice worker. */
  readonly claim: boolean;
  /** The proposal restarts the run from one of its tasks. */
  readonly restart: boolean;
  /** Limits of the place where the run would run, in the order to be asked. */
  readonly slots: readonly SlotCount[];
  /** How often a run may be claimed before a crash is its end. */
  readonly max_claims: number;
  /** The limit of the deployment, when the run's slot of it has ended before the run; null when it has lost none. */
  readonly lost_slot: SlotCount | null;
  /** Who proposes prolongs the slot of the deployment by its lease while the run runs. */
  readonly renews: boolean;
  /** What a restart throws away: so many results; and a child that would run again, and has not ended. */
  readonly thrown_away: { readonly results: number; readonly open_child: string | null };
}

export interface TaskRunFacts extends LeaseFacts {
  readonly flow_run: { readonly id: string; readonly state: State | null; readonly run_count: number } | null;
  /** Limits of the task's tags, without slots that this task run holds already. */
  readonly slots: readonly SlotCount[];
  /** The newest state that was cached under the key of the proposed one, and has not expired. */
  readonly cached: State | null;
  /** A number from 0 to 1, drawn for this proposal: the jitter of a retry. */
  readonly random: number;
}

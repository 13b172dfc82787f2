import { toInstant } from '../lib/time.ts';
import type { FlowRunPolicy, TaskRunPolicy } from '../model/run-policy.ts';
import type { State } from '../model/state.ts';
import type { StateType } from '../model/state-type.ts';
import type { FlowRunFacts, FlowRunRecord, SlotCount, TaskRunFacts, TaskRunRecord } from '../orchestration/run-record.ts';

/** The moment at which tests propose: 2026-11-24T10:00:00Z. */
export const NOW = 1_795_514_400_000_000;

export const ID = {
  run: '00000000-0000-7000-8000-00000000000a',
  flowRun: '00000000-0000-7000-8000-00000000000b',
  deployment: '00000000-0000-7000-8000-00000000000c',
  parentTask: '00000000-0000-7000-8000-00000000000d',
  queue: '00000000-0000-7000-8000-00000000000e',
  current: '00000000-0000-7000-8000-000000000001',
  proposed: '00000000-0000-7000-8000-000000000002',
} as const;

type StateParts = Partial<Omit<State, 'type'>>;

/** A state of this type under its usual name, a minute before the proposal unless told otherwise. */
export function aState(type: StateType, parts: StateParts = {}): State {
  return {
    id: ID.current,
    type,
    name: type.charAt(0) + type.slice(1).toLowerCase(),
    timestamp: toInstant(NOW - 60_000_000),
    message: null,
    data: null,
    state_details: {},
    ...parts,
  };
}

export const aProposal = (type: StateType, parts: StateParts = {}): State => aState(type, { id: ID.proposed, timestamp: toInstant(NOW), ...parts });

const FREE = { max_retries: 0, retry_delay_seconds: 0 };

const blank = {
  id: ID.run,
  state: null,
  run_count: 0,
  expected_start_time: null,
  next_scheduled_start_time: null,
  start_time: null,
  end_time: null,
  total_run_time: 0,
};

export function aFlowRun({ policy, ...parts }: Partial<FlowRunRecord> & { policy?: Partial<FlowRunPolicy> } = {}): FlowRunRecord {
  return {
    ...blank,
    deployment_id: ID.deployment,
    work_queue_id: ID.queue,
    parent_task_run_id: null,
    infrastructure_pid: null,
    empirical_policy: { ...FREE, ...policy },
    crash_count: 0,
    ...parts,
  };
}

export function aTaskRun({ policy, ...parts }: Partial<TaskRunRecord> & { policy?: Partial<TaskRunPolicy> } = {}): TaskRunRecord {
  return { ...blank, flow_run_id: ID.flowRun, flow_run_run_count: 0, empirical_policy: { ...FREE, ...policy }, ...parts };
}

/** Nobody limits, nobody holds a lease. */
export const flowRunFacts = (parts: Partial<FlowRunFacts> = {}): FlowRunFacts => ({
  lease: null,
  writer: null,
  claim: false,
  slots: [],
  max_claims: 3,
  lost_slot: null,
  renews: false,
  restart: false,
  thrown_away: { results: 0, open_child: null },
  ...parts,
});

/** The task's flow run is running, for the first time. */
export const taskRunFacts = (parts: Partial<TaskRunFacts> = {}): TaskRunFacts => ({
  lease: null,
  writer: null,
  flow_run: { id: ID.flowRun, state: aState('RUNNING'), run_count: 1 },
  slots: [],
  cached: null,
  random: 0,
  ...parts,
});

export const aSlot = (kind: SlotCount['kind'], used: number, limit: number | null, parts: Partial<SlotCount> = {}): SlotCount => ({
  kind,
  name: `the ${kind}`,
  used,
  limit,
  ...parts,
});

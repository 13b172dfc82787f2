import { z } from 'zod';
import { instant, json, uuid } from './common.ts';
import { limited, longText, shortText, sizeFault } from './field-limits.ts';
import { isResultData } from './result.ts';
import { STATE_TYPES, type StateType } from './state-type.ts';

/** Everything that a state can carry besides its type; the union of what Prefect 2.13.7 and 3.x write, null when absent. */
export const StateDetails = z.object({
  flow_run_id: uuid.nullish(),
  task_run_id: uuid.nullish(),
  child_flow_run_id: uuid.nullish(),
  scheduled_time: instant.nullish(),
  cache_key: z.string().max(2000).nullish(),
  cache_expiration: instant.nullish(),
  deferred: z.boolean().nullish(),
  untrackable_result: z.boolean().nullish(),
  pause_timeout: instant.nullish(),
  pause_reschedule: z.boolean().nullish(),
  pause_key: shortText.nullish(),
  run_input_keyset: limited('run_input_keyset', z.record(z.string(), z.string())).nullish(),
  refresh_cache: z.boolean().nullish(),
  retriable: z.boolean().nullish(),
  transition_id: uuid.nullish(),
  task_parameters_id: uuid.nullish(),
  traceparent: shortText.nullish(),
  deployment_concurrency_lease_id: uuid.nullish(),
});
export type StateDetails = z.infer<typeof StateDetails>;

/** A result of ours stands in a record of its own, and may be larger than what stays in the state. */
const isResult = (type: StateType, data: unknown) => type === 'COMPLETED' && isResultData(data);

/** What a client proposes. The server gives it an id and a timestamp. */
export const StateCreate = z
  .object({
    id: uuid.nullish(),
    type: z.enum(STATE_TYPES),
    name: z.string().max(1000).nullish(),
    timestamp: instant.nullish(),
    message: longText.nullish(),
    data: json.nullish(),
    state_details: StateDetails.nullish(),
  })
  .check(({ value: { type, data }, issues }) => {
    const message = sizeFault(isResult(type, data) ? 'result' : 'data', data);
    if (message) issues.push({ code: 'custom', message, path: ['data'], input: data });
  });
export type StateCreate = z.infer<typeof StateCreate>;

/** An immutable record of a moment in the life of a run. */
export const State = z.object({
  id: uuid,
  type: z.enum(STATE_TYPES),
  name: z.string(),
  timestamp: instant,
  message: z.string().nullable(),
  data: json.nullable(),
  state_details: StateDetails,
});
export type State = z.infer<typeof State>;

/** The answer to a proposed state. WAIT and ABORT write nothing and return the run's current state. */
export const OrchestrationResult = z.object({
  status: z.enum(['ACCEPT', 'REJECT', 'WAIT', 'ABORT']),
  state: State.nullable(),
  details: z.object({
    type: z.enum(['accept_details', 'reject_details', 'wait_details', 'abort_details']),
    reason: z.string().nullish(),
    delay_seconds: z.number().optional(),
  }),
});
export type OrchestrationResult = z.infer<typeof OrchestrationResult>;

import { secondsBetween } from '../lib/time.ts';
import type { State } from '../model/state.ts';
import { isFinal } from '../model/state-type.ts';
import type { Transition } from './rule.ts';
import type { RunRecord } from './run-record.ts';

/** One field of a run's record after a state is written; Prefect's global transforms, 3.8.3. */
type Transform<Field extends keyof RunRecord> = (run: RunRecord, current: State | null, written: State) => RunRecord[Field];

const scheduledTime = (state: State) => state.state_details.scheduled_time ?? state.timestamp;

const TRANSFORMS = {
  state: (_run, _current, written) => written,
  run_count: (run, _current, written) => run.run_count + (written.type === 'RUNNING' ? 1 : 0),
  expected_start_time: (run, _current, written) =>
    run.expected_start_time ?? (written.type === 'SCHEDULED' ? scheduledTime(written) : written.timestamp),
  next_scheduled_start_time: (_run, _current, written) => (written.type === 'SCHEDULED' ? scheduledTime(written) : null),
  start_time: (run, _current, written) => run.start_time ?? (written.type === 'RUNNING' || isFinal(written.type) ? written.timestamp : null),
  end_time: (run, current, written) => {
    if (!isFinal(written.type)) return null;
    return (isFinal(current?.type) && run.end_time) || written.timestamp;
  },
  total_run_time: (run, current, written) =>
    run.total_run_time + (current?.type === 'RUNNING' ? secondsBetween(current.timestamp, written.timestamp) : 0),
} satisfies { [Field in Exclude<keyof RunRecord, 'id'>]: Transform<Field> };

const FIELDS = Object.entries(TRANSFORMS) as [keyof typeof TRANSFORMS, Transform<never>][];

export function applyTransforms<Run extends RunRecord, Facts>({ run, current, proposed }: Transition<Run, Facts>): Run {
  const changed: { -readonly [Field in keyof Run]: unknown } = { ...run };
  for (const [field, transform] of FIELDS) changed[field] = transform(run, current, proposed);
  return changed as Run;
}

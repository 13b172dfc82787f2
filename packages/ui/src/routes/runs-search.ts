import { id, oneOf, searchOf, text } from '../lib/search.ts';
import { STATE_GROUP_NAMES } from '../lib/states.ts';

export const RUN_SORTS = { newest: 'ID_DESC', start: 'START_TIME_DESC', end: 'END_TIME_DESC', due: 'NEXT_SCHEDULED_START_TIME_ASC' } as const;

/** The filters of the list of runs, as they stand in its address. */
export const runsSearch = searchOf({
  state: oneOf(STATE_GROUP_NAMES),
  name: text,
  flow: id,
  deployment: id,
  pool: text,
  tag: text,
  sort: oneOf(Object.keys(RUN_SORTS) as (keyof typeof RUN_SORTS)[]),
});
export type RunsSearch = ReturnType<typeof runsSearch>;

import { id, instant, oneOf, searchOf, text } from '../../lib/search.ts';
import { STATE_GROUP_NAMES } from '../../lib/states.ts';

export const RUN_SORTS = {
  newest: 'ID_DESC',
  start: 'START_TIME_DESC',
  end: 'END_TIME_DESC',
  due: 'NEXT_SCHEDULED_START_TIME_ASC',
  name: 'NAME_ASC',
} as const;

export const SORT_LABELS: { readonly [S in keyof typeof RUN_SORTS]: string } = {
  newest: 'Newest first',
  start: 'Last started first',
  end: 'Last ended first',
  due: 'Next due first',
  name: 'By name',
};

/** The filters of the list of runs, as they stand in its address. */
export const runsSearch = searchOf({
  state: oneOf(STATE_GROUP_NAMES),
  name: text,
  flow: id,
  deployment: id,
  pool: text,
  tag: text,
  /** Due from this instant on, and before that one. */
  after: instant,
  before: instant,
  sort: oneOf(Object.keys(RUN_SORTS) as (keyof typeof RUN_SORTS)[]),
});
export type RunsSearch = ReturnType<typeof runsSearch>;

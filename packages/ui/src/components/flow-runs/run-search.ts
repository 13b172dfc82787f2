import { flag, id, oneOf, searchOf, text } from '../../lib/search.ts';

export const RUN_TABS = ['trace', 'logs', 'tasks', 'parameters', 'result', 'artifacts', 'states', 'children'] as const;
export type RunTab = (typeof RUN_TABS)[number];

/** What the page of a run shows, as it stands in its address. */
export const runSearch = searchOf({
  tab: oneOf(RUN_TABS),
  /** The bar of the trace that is looked at: a task run, or a child flow run. */
  bar: id,
  /** Of the logs: lines of this task run alone. */
  task: id,
  children: flag,
  level: oneOf(['debug', 'info', 'warning', 'error']),
  find: text,
  line: text,
});
export type RunSearch = ReturnType<typeof runSearch>;

import type { FlowRunEvent } from '@sluice/core/events/run-event';
import { queryClient } from './query.ts';

type Row = Record<string, unknown> & { readonly id: string };
type Told = FlowRunEvent | { readonly id: string; readonly deleted: true };

/** What the event says of the run, in the words of a row. A later state that the row has already stays. */
function patched(row: Row, { flow_run, state }: FlowRunEvent): Row {
  const known = (row['state'] as { timestamp?: string } | null | undefined)?.timestamp ?? '';
  if (known > state.timestamp) return row;
  return { ...row, ...flow_run, state_type: state.type, state_name: state.name, state: { ...(row['state'] as object), ...state } };
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && 'state_type' in value && 'flow_id' in value;

/** Lists stand in answers too: the pages of a list that goes on, and the newest runs of the overview. */
function changeWithin(value: unknown, change: (list: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const name of ['pages', 'records', 'runs'] as const) {
    const list = (value as Record<string, unknown>)[name];
    if (!Array.isArray(list)) continue;
    const next = name === 'pages' ? changeEach(list, change) : change(list);
    if (next !== list) return { ...value, [name]: next };
  }
  return value;
}

function changeEach(pages: readonly unknown[], change: (page: unknown) => unknown): readonly unknown[] {
  const next = pages.map(change);
  return next.some((page, index) => page !== pages[index]) ? next : pages;
}

/** Changes the run wherever it is shown, before any question is asked again. */
export function patchFlowRun(told: Told): void {
  const isGone = 'deleted' in told;
  const id = isGone ? told.id : told.flow_run.id;
  const isMeant = (value: unknown): value is Row => isRow(value) && value.id === id;
  const change = (value: unknown): unknown => {
    if (isMeant(value)) return isGone ? value : patched(value, told);
    if (Array.isArray(value)) {
      if (!value.some(isMeant)) return value;
      return value.flatMap((row) => (isMeant(row) ? (isGone ? [] : patched(row, told)) : [row]));
    }
    return changeWithin(value, change);
  };
  for (const query of queryClient.getQueryCache().getAll()) {
    const data: unknown = query.state.data;
    const next = change(data);
    // Not as an answer: what was asked for stays as old as it is.
    if (next !== data) query.setData(next, { updatedAt: query.state.dataUpdatedAt, manual: true });
  }
}

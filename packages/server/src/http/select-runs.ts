import { SORTS } from '@sluice/core/api/filter-table';
import { sortKey } from '@sluice/core/api/keyset';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Sql } from '../db/database.ts';
import { anyFilter } from '../store/filters.ts';
import { findPage } from '../store/keyset.ts';
import { fromCursorText, toCursorText } from './cursor.ts';

/** The newest first: runs that are made meanwhile are not among them. */
const ORDER = SORTS.flow_run.ID_DESC;
const KEY = sortKey(ORDER);

interface Selection {
  readonly flow_runs?: object | null | undefined;
  readonly limit: number;
  readonly after?: string | null | undefined;
}

/** The next runs of a filter to act on. Without a filter it would be all that there are, and nobody means that by leaving it out. */
export async function selectRuns(sql: Sql, { limit, after, ...filters }: Selection): Promise<{ ids: readonly string[]; next: string | null }> {
  const where = anyFilter(sql, 'flow_run', filters);
  if (!where) throw new SluiceError('INVALID_REQUEST', 'A filter is needed.', { hint: '{"flow_runs": {}} stands for all flow runs.' });
  const own = filters.flow_runs;
  const page = await findPage(sql, {
    view: 'flow_run_view',
    key: KEY,
    where,
    own,
    after: after ? fromCursorText(ORDER, KEY, after) : undefined,
    limit,
  });
  return { ids: page.ids, next: page.next && toCursorText(ORDER, page.next) };
}

/** Where those go on that stopped at this run. */
export const cursorAt = (id: string): string => toCursorText(ORDER, { value: id, id });

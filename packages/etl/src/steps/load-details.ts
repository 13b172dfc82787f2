import { FIELD_BYTES } from '@sluice/core/model/field-limits';
import type { LoadDetails } from '@sluice/core/model/table-load';
import type { Seen } from '../destinations/destination.ts';
import type { Extract, Load } from '../model.ts';

/** So many columns are told one by one. */
const COLUMNS = 1000;
const NOTES = 200;
const NOTE = 2000;

/** Leaves room for what a byte of text may take in JSON. */
const MOST_BYTES = FIELD_BYTES.table_load - (16 << 10);

/** What the server is told of a load, as much of it as it takes: what can be missed first goes first. */
export function detailsOf({ plan, parts, lane }: Pick<Extract, 'plan' | 'parts' | 'lane'>, { notes }: Pick<Load, 'notes'>, seen: Seen): LoadDetails {
  const columns = plan.columns
    .slice(0, COLUMNS)
    .map(({ name, source_name, source_type, neutral_type }) => ({ name, source_name, source_type, type: neutral_type }));
  const { sums, preview, quarantine } = seen;
  const all: LoadDetails = {
    parts: parts.length,
    ...(lane && { lane }),
    columns,
    columns_total: plan.columns.length,
    notes: notes.slice(0, NOTES).map((note) => note.slice(0, NOTE)),
    sums: Object.fromEntries(Object.entries(sums.columns).slice(0, COLUMNS)),
    preview,
    quarantine: [...quarantine],
  };
  const smaller: readonly Partial<LoadDetails>[] = [
    {},
    { sums: {} },
    { preview: { columns: [], rows: [] } },
    { quarantine: quarantine.slice(0, 5) },
    { columns: columns.slice(0, 50), notes: all.notes.slice(0, 20) },
    { columns: [], quarantine: [] },
  ];
  let details = all;
  for (const change of smaller) {
    details = { ...details, ...change };
    if (Buffer.byteLength(JSON.stringify(details)) <= MOST_BYTES) return details;
  }
  return { ...details, notes: [] };
}

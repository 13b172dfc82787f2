import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Row } from '../destination.ts';
import { type At, openLake, type Place } from './open-lake.ts';

/** The answer to a person's SQL: of the lake as it is, or as it was at a moment. */
export async function queryLake(place: Place, sql: string, at: string | undefined): Promise<Row[]> {
  return await openLake(place, { access: 'read', at: at === undefined ? undefined : momentOf(at) }, (lake) => lake.ask(sql));
}

/** A number of a snapshot, or an instant; without a zone it is one of this machine's clock. */
function momentOf(at: string): At {
  const text = at.trim();
  if (/^\d{1,18}$/.test(text)) return { version: text };
  const instant = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text) : new Date(Number.NaN);
  // With its zone it goes as it is: a snapshot's own time has microseconds.
  if (!Number.isNaN(instant.getTime())) return { instant: /(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(text.slice(10)) ? text : instant.toISOString() };
  throw new SluiceError('USAGE', `"${at}" is neither an instant nor the number of a snapshot.`, {
    hint: `Write --at '2026-11-30T10:00', --at '2026-11-30T10:00Z', or --at 42. The snapshots: sluice query "select snapshot_id, snapshot_time from warehouse.snapshots()"`,
  });
}

import type { Lane, TablePlan } from '../../../model.ts';
import type { Server } from '../../../postgres/server.ts';
import type { Layout } from '../chunks.ts';

export interface LaneQuestion {
  /** What a person asks for. */
  readonly asked: Lane | undefined;
  readonly plan: TablePlan;
  readonly layout: Layout;
  readonly server: Server;
}

/** Of the worker that reads. */
interface Machine {
  readonly cores: number;
  /** PostgreSQL runs on it too. */
  readonly hasSource: boolean;
}

/** From here on a scan takes less than COPY: below it, its sessions cost more than it saves. */
const WORTH_IT = 8 * 2 ** 20;

/** From here on two sessions read side by side. */
const FOR_TWO = 32 * 2 ** 20;

/** Beside PostgreSQL, on two cores, they are no faster than one, and take a fifth more of the processor. Three were not measured. */
const CORES_BESIDE_SOURCE = 4;

/**
 * The reader takes 2,048 rows at a time into memory that nobody bounds, from each session. So it gets no table with large rows, as far
 * as they are known by what is stored, where values may be compressed.
 */
const MOST_OUTSIDE = 8 * 2 ** 20;
const MOST_OF_A_ROW = 2048;

/** Many columns leave the engine one thread. */
const COLUMNS_OF_TWO = 300;

/** Why a table is not scanned; null when it is. */
export function whyNotScanned({ asked, plan, layout, server }: LaneQuestion): string | null {
  const { bytes, toast_bytes } = layout;
  if (asked === 'copy') return 'that was asked for';
  if (bytes === null || toast_bytes === null) return 'its rows have no pages by which parts of it could be read, or this user may not see them';
  if (asked === undefined && bytes * plan.sample < WORTH_IT) return 'it is small';
  if (server.encoding === 'SQL_ASCII') return 'its database has no encoding';
  if (toast_bytes > MOST_OUTSIDE) return 'it has large values, which a scan does not bound in memory';
  if ((bytes * plan.sample) / Math.max(1, plan.estimated_rows ?? 0) > MOST_OF_A_ROW && bytes >= WORTH_IT)
    return 'it has large rows, which a scan does not bound in memory';
  return null;
}

/** Sessions that read a table side by side. Before 14 a range of pages was a read of all of them. */
export const readersFor = ({ plan, layout, server }: LaneQuestion, { cores, hasSource }: Machine): 1 | 2 => {
  const isDivisible = server.version >= 140_000 && plan.columns.length <= COLUMNS_OF_TWO;
  const hasCores = !hasSource || cores >= CORES_BESIDE_SOURCE;
  return isDivisible && hasCores && (layout.bytes ?? 0) * plan.sample >= FOR_TWO ? 2 : 1;
};

import { SluiceError } from '@sluice/core/errors/sluice-error';
import { expectSettings, type RunContext } from '@sluice/sdk';
import type { Mendable } from '../destinations/destination.ts';
import { destinationAt } from '../destinations/table.ts';
import { loadId, noteLoad } from '../home.ts';
import type { Extract, Load, RefusedRow, VerifyLevel } from '../model.ts';
import { formatName, parseName, type QualifiedName } from '../names/qualified-name.ts';
import { readMendedRows } from '../sources/table.ts';
import { warehouseOf } from './destination-of.ts';
import { type Packed, pack, unpack } from './packed.ts';
import { tellLoad } from './tell-load.ts';
import { withLease } from './with-lease.ts';

/** Rows of a table's quarantine, each with the text that is to be loaded in its place. */
export interface ReplayRequest {
  /** By its name in the warehouse. */
  readonly table: string;
  readonly rows: readonly { readonly id: string; readonly raw: string }[];
  /** Path of the warehouse file; the home's own when left out. */
  readonly warehouse?: string | undefined;
}

/** Mended rows that are in parts on this machine, and those that could not be read. */
export interface MendedTable {
  readonly extract: Packed<Extract>;
  readonly replay_of: string;
  readonly verify: VerifyLevel;
  readonly kept: readonly string[];
  readonly refused: readonly RefusedRow[];
  readonly warehouse: string;
}

export interface Replay extends Load {
  readonly rows_mended: number;
  readonly refused: readonly RefusedRow[];
}

const PIPELINE = 'quarantine-replay';

/** Reads mended rows as those of their table were read. The body of a task; `again` makes another task run of it. */
export async function mendRows({ table, rows, warehouse }: ReplayRequest & { readonly again?: number }, context: RunContext): Promise<MendedTable> {
  const { home } = expectSettings();
  const file = warehouseOf(home, warehouse);
  const target = expectName(table);
  const mendable = await destinationAt(file, home).mendable(target);
  const reasons = expectRows(target, mendable, rows);
  const { load_id: replay_of, plan, verify } = mendable as Mendable;
  if (!plan) throw tooOld(target);
  const load_id = loadId(PIPELINE, table, context.run.flow_run_id);
  await noteLoad(home, { load_id, table, flow_run_id: context.run.flow_run_id });
  const mended = rows.map((row) => ({ ...row, reason: reasons.get(row.id) ?? null }));
  const { extract, kept, refused } = await readMendedRows({ plan, rows: mended, load_id, home, verify, context });
  for (const { id, reason } of refused) context.log.warn(`Row ${id} stays in quarantine: ${reason}`);
  return { extract: pack(extract), replay_of, verify, kept, refused, warehouse: file };
}

/** Adds them to their table: the body of a task. */
export async function loadMended({ extract: packed, warehouse, ...mended }: MendedTable, context: RunContext): Promise<Replay> {
  const extract = unpack(packed);
  const { signal, run, log } = context;
  const { preview_rows, home } = expectSettings();
  const destination = destinationAt(warehouse, home);
  const committed = await withLease(destination, signal, (token) =>
    destination.addMended({ ...mended, extract, token, flow_run_id: run.flow_run_id, preview_rows, context }),
  );
  const load = await tellLoad({ load: committed, extract, destination }, context);
  log.info('mended rows are loaded', { table: load.table, rows: mended.kept.length, left: load.rows_quarantined, outcome: load.outcome });
  return { ...load, rows_mended: mended.kept.length, refused: mended.refused };
}

function expectName(table: string): QualifiedName {
  const name = parseName(table);
  if (name) return name;
  throw new SluiceError('USAGE', `"${table}" is not the name of a table.`, { hint: 'Write schema and name, such as public.orders.', lasting: true });
}

const SHOWN = 5;

function expectRows(target: QualifiedName, mendable: Mendable | undefined, rows: ReplayRequest['rows']): Mendable['reasons'] {
  const name = formatName(target);
  const reasons: Mendable['reasons'] = mendable?.reasons ?? new Map();
  const unknown = rows.filter(({ id }) => !reasons.has(id)).map(({ id }) => id);
  if (unknown.length > 0) {
    const shown = unknown.length > SHOWN ? `${unknown.slice(0, SHOWN).join(', ')} and ${unknown.length - SHOWN} more` : unknown.join(', ');
    throw new SluiceError('NOT_FOUND', `Of ${name} these rows are not in quarantine: ${shown}. Nothing was loaded.`, {
      hint: `They may have been mended already. sluice quarantine show ${name} lists those that are there.`,
      lasting: true,
    });
  }
  if (new Set(rows.map(({ id }) => id)).size === rows.length) return reasons;
  throw new SluiceError('USAGE', `A row of ${name} is named twice. Nothing was loaded.`, { hint: 'Give each row one text.', lasting: true });
}

const tooOld = (target: QualifiedName) =>
  new SluiceError('CONFLICT', `How ${formatName(target)} was read is not known: an older Sluice has loaded it.`, {
    hint: 'Load the table again from its source, then mend its rows.',
    lasting: true,
  });

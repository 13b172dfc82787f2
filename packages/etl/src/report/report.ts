import { EXIT } from '@sluice/core/errors/catalog';
import type { Compacted, DestinationFacts, TableCheck } from '../destinations/destination.ts';
import type { Lane, Load, SharedSnapshot, Unreadable, VerifyLevel } from '../model.ts';
import { formatName } from '../names/qualified-name.ts';

/** What became of the flow run of one table. */
export interface TableOutcome {
  readonly table: string;
  /** Null: it is not loaded. */
  readonly load: Load | null;
  /** Of the flow run, from its first start to its end. */
  readonly seconds: number;
  readonly worker: string | null;
  /** What was tried: see `attemptsOf`. */
  readonly attempts: number;
  /** Why it is not loaded. */
  readonly reason: string | null;
}

export interface ReportedTable {
  readonly table: string;
  /** Its name in the warehouse; null when it was not loaded. */
  readonly target: string | null;
  readonly rows_read: number;
  readonly rows_loaded: number;
  readonly rows_quarantined: number;
  readonly seconds: number;
  readonly worker: string | null;
  /** The machine that loaded it; null when it was not loaded. */
  readonly host: string | null;
  readonly attempts: number;
  readonly verified: boolean;
  /** How it was verified; null when it was not loaded. */
  readonly verify: VerifyLevel | null;
  readonly outcome: Load['outcome'] | 'failed';
  /** How the rows of a table of PostgreSQL came. */
  readonly lane?: Lane;
  /** Why it does not count as verified. */
  readonly reason: string | null;
  readonly notes: readonly string[];
}

/** What an earlier job has loaded, and is still there. */
export interface OlderTable {
  readonly table: string;
  readonly rows: number;
  /** Instant of its commit. */
  readonly loaded: string;
  readonly reason: string;
}

/** Tables that hold what their source held at the same instant. */
export interface SharedBy extends SharedSnapshot {
  readonly tables: readonly string[];
}

/** What a job did, for people and programs: `report.json`. */
export interface Report {
  /** Of the job. */
  readonly flow_run_id: string;
  readonly started: string;
  readonly ended: string;
  readonly tables: readonly ReportedTable[];
  readonly unreadable: readonly Unreadable[];
  /** Tables of the warehouse that this job should have loaded again and did not. */
  readonly older: readonly OlderTable[];
  readonly totals: {
    readonly tables: number;
    readonly verified: number;
    readonly rows_read: number;
    readonly rows_loaded: number;
    readonly rows_quarantined: number;
  };
  /** Path of the file. */
  readonly warehouse: string;
  readonly warehouse_bytes: number;
  /** Tables that were read again from the file at the end. */
  readonly checks: readonly TableCheck[];
  readonly compacted: Compacted | null;
  /** With `--snapshot`: states of databases that several tables were read in. */
  readonly snapshots?: readonly SharedBy[] | undefined;
  readonly note: string;
}

export interface ReportFacts {
  readonly flow_run_id: string;
  readonly warehouse: DestinationFacts;
  /** Tables of the warehouse that the source does not have any more. */
  readonly gone: readonly string[];
  readonly started: string;
  readonly ended: string;
  /** The machine that looks at the warehouse now. */
  readonly host: string;
}

const SHARED_NOTE = 'Those that share a snapshot are of the same instant.';

const NOTE = 'Every table is as its source was at one instant; the instants of two tables can differ by moments.';

export function buildReport(
  outcomes: readonly TableOutcome[],
  unreadable: readonly Unreadable[],
  { flow_run_id, warehouse, gone, started, ended, host }: ReportFacts,
): Report {
  const known = new Set(unreadable.flatMap(({ table, entry }) => (entry ? [] : [table])));
  const changed = new Set(warehouse.checks.filter(({ equal }) => !equal).map(({ table }) => table));
  const present = new Set(warehouse.present.map(formatName));
  const faultOf = (load: Load) => whyNotThere(load, { host, changed, present });
  const tables = outcomes.filter(({ table }) => !known.has(table)).map((outcome) => toReported(outcome, faultOf));
  const snapshots = sharedBy(outcomes);
  const total = (count: (table: ReportedTable) => number) => tables.reduce((sum, table) => sum + count(table), 0);
  return {
    flow_run_id,
    started,
    ended,
    tables,
    unreadable,
    older: olderTables(tables, unreadable, { warehouse, gone }),
    totals: {
      tables: tables.length,
      verified: total(({ verified }) => Number(verified)),
      rows_read: total(({ rows_read }) => rows_read),
      rows_loaded: total(({ rows_loaded }) => rows_loaded),
      rows_quarantined: total(({ rows_quarantined }) => rows_quarantined),
    },
    warehouse: warehouse.file,
    warehouse_bytes: warehouse.bytes,
    checks: warehouse.checks,
    compacted: warehouse.compacted,
    ...(snapshots.length > 0 && { snapshots }),
    note: snapshots.length > 0 ? `${NOTE} ${SHARED_NOTE}` : NOTE,
  };
}

function sharedBy(outcomes: readonly TableOutcome[]): SharedBy[] {
  const read = outcomes.flatMap(({ table, load }) => (load?.snapshot && load.outcome !== 'superseded' ? [{ table, snapshot: load.snapshot }] : []));
  const groups = Map.groupBy(read, ({ snapshot: { id, taken_at } }) => `${taken_at} ${id}`);
  return [...groups.values()].flatMap((group) => (group[0] ? [{ ...group[0].snapshot, tables: group.map(({ table }) => table) }] : []));
}

function olderTables(
  tables: readonly ReportedTable[],
  unreadable: readonly Unreadable[],
  { warehouse, gone }: Pick<ReportFacts, 'warehouse' | 'gone'>,
): OlderTable[] {
  const failed = new Set([...tables.filter(({ outcome }) => outcome === 'failed'), ...unreadable].map(({ table }) => table));
  // A table may stand there by another name than in its source.
  const stand = new Set(tables.flatMap(({ outcome, target }) => (outcome !== 'failed' && target ? [target] : [])));
  return warehouse.present.flatMap(({ schema, name, rows, loaded }) => {
    const table = formatName({ schema, name });
    if (stand.has(table)) return [];
    if (gone.includes(table)) return [{ table, rows, loaded, reason: 'the source does not have it any more' }];
    return failed.has(table) ? [{ table, rows, loaded, reason: 'this job has not loaded it' }] : [];
  });
}

/** Why a table that was loaded is not what the warehouse holds now; null when it is. */
function whyNotThere(
  { target, host, outcome }: Load,
  now: { readonly host: string; readonly changed: ReadonlySet<string>; readonly present: ReadonlySet<string> },
): string | null {
  const name = formatName(target);
  if (now.changed.has(name)) return 'The table is not as it was loaded.';
  // A file is on one machine: workers of others write into files of their own.
  if (host === undefined || host === now.host || outcome === 'superseded' || now.present.has(name)) return null;
  return `It is in a file on ${host}, not in this warehouse on ${now.host}: name one that all machines reach with --warehouse, or load on one machine.`;
}

function toReported({ table, load, seconds, worker, attempts, reason }: TableOutcome, faultOf: (load: Load) => string | null): ReportedTable {
  const run = { table, seconds, worker, host: load?.host ?? null, attempts };
  if (!load) {
    return {
      ...run,
      rows_read: 0,
      rows_loaded: 0,
      rows_quarantined: 0,
      verified: false,
      verify: null,
      outcome: 'failed',
      reason,
      notes: [],
      target: null,
    };
  }
  const { rows_read, rows_loaded, rows_quarantined, verify, outcome, notes, lane } = load;
  const target = formatName(load.target);
  const fault = faultOf(load);
  const verified = load.verified && fault === null;
  const why = fault ?? reason ?? notes.at(-1) ?? null;
  const counts = { rows_read, rows_loaded, rows_quarantined };
  return { ...run, target, ...counts, verified, verify, outcome, ...(lane && { lane }), reason: verified ? null : why, notes };
}

/** 0 only when every table is verified; a table that failed weighs more than one that could not be read. A README beside them weighs nothing. */
export function exitCodeOf({ tables, unreadable }: Pick<Report, 'tables' | 'unreadable'>): number {
  if (tables.some(({ verified }) => !verified)) return EXIT.failed;
  return unreadable.some(({ entry }) => entry !== 'other') ? EXIT.unreadable : EXIT.ok;
}

import type { Json } from '@sluice/core/lib/json';
import type { LoadDetails, QuarantineRow } from '@sluice/core/model/table-load';
import type { ColumnPlan, Extract, Load, RefusedRow, StepContext, TablePlan, TableSums, VerifyLevel } from '../model.ts';
import type { QualifiedName } from '../names/qualified-name.ts';
import type { Removed } from '../stage/old-files.ts';

/**
 * What the steps ask of a destination, whatever it is. Tables come to it as parts, with the sums that their source made of them; what
 * it has committed it knows itself, in a ledger of its own. A destination of another kind is a folder with one more of these, and its
 * row in `table.ts`; `destinationSuite` says what it must do.
 */
export interface Destination {
  /** Its place, written in one way only: who writes to it holds the lease of this name. */
  readonly place: string;
  /** So many may write to it at once: one to a file; where more can, its ledger decides between two loads of one table. */
  readonly writers: number;
  /** Refuses an address that no destination can have, before anything is read for it. */
  expectUsable(): void;
  /** Why a table cannot stand there, with what to do; null where it can. */
  placeFault(table: string, target: QualifiedName, columns?: readonly Pick<ColumnPlan, 'name'>[]): string | null;
  /** Its own type for the values of a planned column, of a table that such a source has. */
  typeOf(column: Pick<ColumnPlan, 'type' | 'type_args' | 'neutral_type' | 'source_type'>, kind: TablePlan['kind']): string;
  /** What stands there now; none where that cannot be asked at once. */
  present(signal: AbortSignal): Promise<PresentTable[]>;
  /**
   * Puts a table that was read into parts in its place, exactly once, however often it is tried: a load that it knows changes nothing, an
   * older plan never replaces a newer one, and a lease that is not younger than that of every commit before is refused with StaleToken.
   * The table has the sums of its extract or is never seen: that is its half of the verification.
   */
  commit(request: CommitRequest): Promise<SeenLoad>;
  /** When the tables of a job are there: brings it up to date, looks again at some of them, and tells what stands in it. Its lease is held. */
  publish(context: StepContext): Promise<DestinationFacts>;
  /** Removes what killed processes have left of it on this machine. */
  tidy(context: StepContext): Promise<Removed[]>;
  /** The answer to a person's query, which reads and can do nothing else. `at`: as it was then, where that is kept; refused elsewhere. */
  query(query: string, moment?: { readonly at?: string | undefined }): Promise<Row[]>;
  /** Tables that have rows in quarantine. */
  quarantined(): Promise<QuarantinedTable[]>;
  /** Rows of a table in quarantine, in the order of the source. */
  quarantine(table: QualifiedName): Promise<QuarantineRow[]>;
  /** What somebody has to know who mends rows of a table; undefined where nothing of it is in quarantine. */
  mendable(table: QualifiedName): Promise<Mendable | undefined>;
  /**
   * Adds mended rows to their table, exactly once, as `commit` does: in the same transaction they leave the quarantine, the table's sums
   * are compared with those that it had and those of the rows together, and the ledger says how the table stands then.
   */
  addMended(request: MendedCommit): Promise<SeenLoad>;
}

export type Row = Record<string, Json>;

/** What is written, and for whom. */
export interface WriteRequest {
  readonly extract: Extract;
  /** Of the lease on the destination. */
  readonly token: number;
  readonly flow_run_id: string;
  /** So many of the first rows, and twice as many of those in quarantine, are told with the load. Default 0. */
  readonly preview_rows?: number | undefined;
  readonly context: StepContext;
}

export interface CommitRequest extends WriteRequest {
  readonly verify: VerifyLevel;
  /** Replace the table also where it was loaded from another source. */
  readonly overwrite?: boolean | undefined;
}

/** A table with rows in quarantine, as who mends them has to know it. */
export interface Mendable {
  /** The load that stands in the table. */
  readonly load_id: string;
  readonly verify: VerifyLevel;
  /** How it was read; null of a load that an older Sluice has made. */
  readonly plan: TablePlan | null;
  /** Reasons of the rows in quarantine, by their ids. */
  readonly reasons: ReadonlyMap<string, string | null>;
}

/** Mended rows, in the parts of an extract with the plan of their table. */
export interface MendedCommit extends WriteRequest {
  /** The load that stood in the table when they were read. */
  readonly replay_of: string;
  readonly verify: VerifyLevel;
  /** Ids of the rows in quarantine that they were. */
  readonly kept: readonly string[];
  readonly refused: readonly RefusedRow[];
}

/** A load, and what is to be seen of its table; nothing where it is not there, or could not be read. */
export type SeenLoad = Load & { readonly seen?: Seen | undefined };

/** What of a table is shown where nobody can open its destination. */
export interface Seen extends Pick<LoadDetails, 'preview' | 'quarantine'> {
  readonly sums: TableSums;
  /** Instant of the commit. */
  readonly committed: string;
}

export interface QuarantinedTable {
  readonly table: string;
  readonly load_id: string;
  readonly rows: number;
  /** That most of them have. */
  readonly reason: string | null;
}

/** A table that stands there as its latest load left it. */
export interface PresentTable extends QualifiedName {
  readonly source: string | null;
  readonly flow_run_id: string;
  readonly rows: number;
  /** Instant of the commit. */
  readonly loaded: string;
}

/** Whether a table still is, row for row, what was verified when its load was committed. */
export interface TableCheck {
  readonly table: string;
  /** How the rows were compared, in the destination's own words. */
  readonly method: string;
  readonly equal: boolean;
}

export interface Compacted {
  readonly bytes_before: number;
  readonly bytes_after: number;
}

export interface DestinationFacts {
  /** Where it is, as a person names it. */
  readonly file: string;
  readonly bytes: number;
  readonly checks: readonly TableCheck[];
  /** Null: there was no need to. */
  readonly compacted: Compacted | null;
  /** What stands in it at the end. */
  readonly present: readonly PresentTable[];
}

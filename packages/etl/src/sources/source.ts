import type {
  Extract,
  Lane,
  MendedRow,
  ReadOptions,
  RefusedRow,
  SharedSnapshot,
  StepContext,
  TablePlan,
  TableSpec,
  Unreadable,
  VerifyLevel,
} from '../model.ts';

/**
 * What the steps ask of a source, whatever it is. Rows never pass through here: they go into Parquet files of this machine, the parts.
 * A source of another kind is a folder with one more of these, and its row in `table.ts`; `sourceSuite` says what it must do.
 */
export interface Source {
  /** The tables that it has, the largest first where sizes are known, and what of it is none. */
  list(options: ListOptions): Promise<SourceTables>;
  /** How a table is to be read, by what the source says of it now; or why it cannot be. */
  plan(spec: TableSpec, options: PlanOptions): Promise<TablePlan | Unreadable>;
  /**
   * Reads a planned table into parts, all of one instant. The sums are made by the source, of exactly the rows that are in the parts,
   * and not by reading those: that is its half of the verification.
   */
  extract(extraction: Extraction): Promise<Extract>;
  /** Holds one state of it, for several tables to be read in. Left out where there is no such thing. */
  holdSnapshot?(options: SnapshotOptions): Promise<HeldSnapshot>;
}

export interface ListOptions {
  /** Patterns of names, such as `public.orders,sales.*`. */
  readonly only?: string | undefined;
  readonly signal: AbortSignal;
}

export interface SourceTables {
  readonly tables: readonly string[];
  readonly unreadable: readonly Unreadable[];
}

export interface PlanOptions {
  /** Share of rows to take. */
  readonly sample: number;
  /** How all files of the job are written, where the guess is wrong; what the table's own line says goes before it. */
  readonly read?: ReadOptions | undefined;
  readonly signal: AbortSignal;
  /** Makes the folder in which copies of files from elsewhere wait for the load that is planned; left out where nothing will be loaded. */
  readonly copies?: (() => Promise<string>) | undefined;
}

export interface Extraction {
  readonly plan: TablePlan;
  readonly load_id: string;
  readonly home: string;
  readonly verify: VerifyLevel;
  readonly context: StepContext;
  /** The job in whose snapshot it is read; alone where none is named. */
  readonly snapshot?: { readonly job: string } | undefined;
  /** How the rows of PostgreSQL are to come, as far as that keeps every value. */
  readonly lane?: Lane | undefined;
  /** The plan that holds now, of a table that is not what was planned any more. */
  readonly planAnew: () => Promise<TablePlan>;
}

export interface MendedReading extends Pick<Extraction, 'plan' | 'load_id' | 'home' | 'verify' | 'context'> {
  readonly rows: readonly MendedRow[];
}

/** Mended rows in parts, with sums that were made by another way; the plan is that of their table. */
export interface MendedRead {
  readonly extract: Extract;
  /** Ids of the rows that are in the parts. */
  readonly kept: readonly string[];
  readonly refused: readonly RefusedRow[];
}

export interface SnapshotOptions {
  /** Id of the job's flow run. */
  readonly job: string;
  readonly signal: AbortSignal;
  /** Told when the snapshot is gone. */
  readonly onLost: (reason: string) => void;
}

export interface HeldSnapshot extends AsyncDisposable {
  /** Undefined while there is none. */
  readonly snapshot: SharedSnapshot | undefined;
}

/** How the URL of a kind of database is read by who only passes it on. */
export interface SourceUrl {
  /** Whether it can be read, and whether a password stands in it. */
  look(text: string): 'unreadable' | 'with a password' | 'without one';
  /**
   * A URL as workers need it, whose environment may be another: with the user, and with the password where one is needed. What the
   * environment and password files say is taken first; only a server that asks for a password makes us `ask` for one.
   */
  complete(text: string, ask: (question: string) => Promise<string | undefined>): Promise<string>;
}

import type { Extract, TableSums, VerifyLevel } from '../model.ts';

/** One row for each load that was committed, the latest of a table being what stands in it. */
export interface LedgerRow {
  readonly load_id: string;
  readonly schema_name: string;
  readonly table_name: string;
  /** Name of the source it was read from; null in a warehouse of an older Sluice. */
  readonly source: string | null;
  readonly rows_read: number;
  readonly rows_loaded: number;
  readonly rows_quarantined: number;
  readonly verify: VerifyLevel;
  readonly verified: boolean;
  readonly notes: readonly string[];
  readonly flow_run_id: string;
  readonly planned_at: string;
  readonly committed_at: string;
  readonly fingerprint: string;
  /** The load whose quarantined rows this one has loaded; what it says is of the whole table after that. */
  readonly replay_of: string | null;
}

/** What a commit writes of its load. */
export interface LedgerEntry {
  readonly extract: Extract;
  readonly token: number;
  readonly flow_run_id: string;
  readonly verify: VerifyLevel;
  readonly verified: boolean;
  readonly notes: readonly string[];
  readonly sums: TableSums;
  readonly fingerprint: string;
  readonly replay_of?: string | undefined;
}

import type { Settings } from '@sluice/core/settings/settings';
import type { NamedTable } from './named-tables.ts';
import type { AtOnce } from './processes.ts';
import type { ReadParameter } from './read-options.ts';

export interface EtlOptions {
  readonly settings: Settings;
  /** Folder of the project with the flows. */
  readonly root: string;
  /** Another server to run on, instead of the home's own. */
  readonly apiUrl: string | undefined;
  readonly source: string | undefined;
  /** Only these tables of the source, each made of the files that are named. */
  readonly named: readonly NamedTable[] | undefined;
  readonly only: string | undefined;
  readonly warehouse: string | undefined;
  readonly into: string | undefined;
  readonly overwrite: boolean;
  /** All tables of a database are read in one state of it. */
  readonly snapshot: boolean;
  readonly tables: number | undefined;
  readonly sample: number;
  readonly dirty: boolean;
  readonly verify: 'sums' | 'full';
  /** How rows of PostgreSQL come; the quicker way that is exact when left out. */
  readonly lane: 'copy' | 'scan' | undefined;
  readonly workers: number;
  readonly keep: boolean;
  /** Show how the tables would be read, and load nothing. */
  readonly plan: boolean;
  /** How the files are written, where the guess is wrong. */
  readonly read: ReadParameter | undefined;
  /** The report is the only thing on stdout; all else goes to stderr. */
  readonly json: boolean;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  readonly atOnce: AtOnce;
}

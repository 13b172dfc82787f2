import type { Buffer } from 'node:buffer';
import type { SpoolFile } from '../../stage/spool-file.ts';
import type { FoundRecord } from './csv-records.ts';
import type { FindRecord } from './read-records.ts';

/** Why a row cannot be kept as it is. */
export interface Fault {
  readonly column: string | null;
  readonly reason: string;
  /** The value does not fit a type that was guessed: a reason to guess again. */
  readonly misfit?: boolean;
}

/** A kind of text file, for the columns of one plan. */
export interface TextFormat {
  readonly find: FindRecord;
  /** A line that holds no row. */
  isBlank(block: Buffer, found: FoundRecord): boolean;
  /** What is wrong with a whole record; null when all of it can be kept exactly. */
  judge(block: Buffer, found: FoundRecord): Fault | null;
  /** Adds a judged record to a spool file, as CSV. */
  write(spool: SpoolFile, block: Buffer, found: FoundRecord): void;
}

const SHOWN = 60;

/** A value in a sentence. */
export function shown(block: Buffer, start: number, end: number): string {
  const text = block.toString('utf8', start, Math.min(end, start + SHOWN));
  return end - start > SHOWN ? `"${text}…"` : `"${text}"`;
}

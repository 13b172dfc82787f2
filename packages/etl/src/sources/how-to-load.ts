import type { TablePlan, TableSpec } from '../model.ts';

/** Megabytes of a table that are read into one part: enough to hide the fixed costs of a part, and twice this in text is on the disk at a time. */
const CHUNK_MB = 64;
const BAD_ROW_SHARE = 0.001;

/** What of a plan is as a person says, whatever the source. */
export const howToLoad = ({ chunkMb, badRows, badRowShare }: TableSpec): Pick<TablePlan, 'chunk_mb' | 'bad_rows' | 'bad_row_share'> => ({
  chunk_mb: chunkMb ?? CHUNK_MB,
  bad_rows: badRows ?? 'quarantine',
  bad_row_share: badRowShare ?? BAD_ROW_SHARE,
});

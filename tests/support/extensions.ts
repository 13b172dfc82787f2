import { describe } from 'vitest';

/** Whether there is a folder of them. */
export const hasExtensions = process.env['SLUICE_DUCKDB_EXTENSIONS'] !== undefined;
if (process.env['CI'] && !hasExtensions) throw new Error('SLUICE_DUCKDB_EXTENSIONS names no folder: .ci/extensions.sh fills one.');

/** Tests that need DuckDB's extensions. They are skipped where there is no folder of them: `.ci/extensions.sh` fills one. */
export const describeWithExtensions = describe.skipIf(!hasExtensions);

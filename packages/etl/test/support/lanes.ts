import type { Lane } from '../../src/model.ts';

/** The lanes that can be tried here: the second one needs DuckDB's extension, as in `tests/support/extensions.ts`. */
export const LANES: readonly Lane[] = process.env['SLUICE_DUCKDB_EXTENSIONS'] === undefined ? ['copy'] : ['copy', 'scan'];

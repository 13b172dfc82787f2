import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { TableSpec } from '../model.ts';

/** The table of this name or number; with a `source` any name will do. */
export function findTable(tables: readonly TableSpec[], table: string | number, source?: string): TableSpec {
  if (source !== undefined) return { name: String(table), source };
  const spec = typeof table === 'number' ? tables[table] : tables.find(({ name }) => name === table);
  if (spec) return spec;
  throw new SluiceError('NOT_FOUND', `There is no table ${JSON.stringify(table)} in the job's list: it has ${tables.length}, numbered from 0.`, {
    hint: 'Add it to the list, or name the source that it is in.',
    lasting: true,
  });
}

import { resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';

/** DuckDB takes what stands behind a question mark for options, and would look for the file's log under another name. */
export function expectWarehousePath(file: string): void {
  if (!resolve(file).includes('?')) return;
  throw new SluiceError('INVALID_SETTING', `DuckDB cannot keep a warehouse at ${file}: its path holds a question mark.`, {
    hint: 'Name another file with --warehouse, or another home.',
  });
}

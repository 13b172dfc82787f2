import { SluiceError } from '@sluice/core/errors/sluice-error';
import { showSource } from '../names/same-source.ts';

/** Tables of the warehouse that were loaded from one source and would be replaced from another. */
export function otherSource(tables: readonly string[], standing: string, source: string): SluiceError {
  const [first = ''] = tables;
  const named = tables.length > 1 ? `${first} and ${tables.length - 1} more tables were` : `${first} was`;
  return new SluiceError(
    'CONFLICT',
    `In the warehouse ${named} loaded from ${showSource(standing)}, not from ${showSource(source)}. Nothing was replaced.`,
    {
      hint: 'Load them beside each other with --into SCHEMA, into another file with --warehouse FILE, or replace what is there with --overwrite.',
    },
  );
}

import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';

/** What a session says of where it could not go, in the words of a warehouse: those of the room are of a source. */
export function unreachable(error: unknown): unknown {
  if (!isSluiceError(error) || error.code !== 'SOURCE_UNREACHABLE') return error;
  const ours = (text: string) => text.replaceAll('the source', 'the warehouse').replaceAll('The source', 'The warehouse');
  return new SluiceError('WAREHOUSE_UNREACHABLE', ours(error.message), {
    hint: ours(error.hint ?? 'Look at the URL of the warehouse.'),
    lasting: error.kind.lasting,
    cause: error.cause,
  });
}

import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';

/** Prefect's limit: parameters are shown in lists, and rows of data are not parameters. */
const MAX_PARAMETER_BYTES = 512 * 1024;

export function limitedParameters(parameters: JsonObject): JsonObject {
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  if (bytes <= MAX_PARAMETER_BYTES) return parameters;
  throw new SluiceError('INVALID_REQUEST', `Parameters of ${bytes} bytes are too large: at most ${MAX_PARAMETER_BYTES} bytes are stored.`, {
    hint: 'Put the data into a file or a database and pass where it is.',
  });
}

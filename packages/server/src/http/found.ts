import { SluiceError } from '@sluice/core/errors/sluice-error';
import { Reply } from './handlers.ts';

/** The record's JSON, or a 404 in Prefect's words: `Flow run not found`. */
export function found(what: string, json: string | undefined): Reply<string> {
  if (json === undefined) throw missing(what);
  return new Reply(json);
}

/** For writes that tell whether there was a row. */
export function expectFound(what: string, wasThere: boolean): undefined {
  if (!wasThere) throw missing(what);
  return undefined;
}

export const missing = (what: string, hint?: string): SluiceError => new SluiceError('NOT_FOUND', `${what} not found`, { hint });

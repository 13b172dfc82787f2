import { SluiceError } from '@sluice/core/errors/sluice-error';
import { readLibpqUrl } from '../postgres/address/libpq-url.ts';

/** The URL of a warehouse is a name in runs, which everybody may read: a password has no place in it. */
export function refusePassword(url: string): void {
  if (readLibpqUrl(url)?.password === undefined) return;
  throw new SluiceError('USAGE', 'The URL of the warehouse holds a password, which everybody could read in the run.', {
    hint: 'Leave it out: it is taken from PGPASSWORD, from ~/.pgpass, or from the place that is noted for this URL.',
    lasting: true,
  });
}

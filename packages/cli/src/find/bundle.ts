import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Bundle } from '@sluice/core/model/bundle';

/** A bundle by its name, or by how that begins. */
export async function findBundle(client: Client, name: string): Promise<Bundle> {
  const found = /^[0-9a-f]{1,64}$/.test(name) ? await client.request('POST /bundles/filter', { body: { name_like: name, limit: 2 } }) : [];
  const [bundle, other] = found;
  if (bundle && !other) return bundle;
  if (!bundle) throw new SluiceError('NOT_FOUND', `There is no bundle "${name}".`, { hint: 'List them with: sluice bundle ls.' });
  throw new SluiceError('USAGE', `Several bundles have names that begin with "${name}".`, {
    hint: 'Write more of the name: sluice bundle ls -o json.',
  });
}

import { type Client, pageAll } from '@sluice/client';
import type { Source } from '@sluice/core/model/source';
import { called } from '../program/called.ts';
import { notFound } from './or-nearest.ts';

/** What the server keeps of a source, or an error that gives the nearest names. */
export async function findSourceRecord(client: Client, name: string): Promise<Source> {
  const all = await pageAll((page) => client.request('POST /sources/filter', { body: page }));
  const found = all.find((each) => each.name === name);
  if (found) return found;
  throw notFound(
    { noun: 'source', name, listed: called('source ls') },
    all.map((each) => each.name),
  );
}

import type { SortKey } from '@sluice/core/api/keyset';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { uuid } from '@sluice/core/model/common';
import { z } from 'zod';
import type { Cursor } from '../store/keyset.ts';

/** A cursor as text that a client hands back as it is. It says its order too: in another it would mean another place. */
export const toCursorText = (order: string, { value, id }: Cursor): string => Buffer.from(JSON.stringify([order, value, id])).toString('base64url');

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

export function fromCursorText(order: string, key: SortKey, text: string): Cursor {
  const { data } = z.tuple([z.literal(order), key.value, uuid]).safeParse(decode(text));
  if (data) return { value: data[1], id: data[2] };
  throw new SluiceError('INVALID_REQUEST', 'after is not the end of a page in this order.', {
    hint: 'Send `next` of the page before, with the same sort; leave it out for the first page.',
  });
}

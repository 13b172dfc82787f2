import { type JsonText, within } from '../store/records.ts';
import { Reply } from './handlers.ts';

/** A page by its number: the records that `list` gives for limit and offset, and how many there are. */
export async function paginated(
  { limit, page }: { readonly limit: number; readonly page: number },
  list: (slice: { limit: number; offset: number }) => Promise<JsonText>,
  count: () => Promise<number>,
): Promise<Reply> {
  const [results, all] = await Promise.all([list({ limit, offset: (page - 1) * limit }), count()]);
  const pages = limit > 0 ? Math.ceil(all / limit) : 0;
  return new Reply(within('{"results":', results, `,${JSON.stringify({ count: all, limit, pages, page }).slice(1)}`));
}

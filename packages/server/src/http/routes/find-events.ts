import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type BoundedFilter, bounded, EventFilter } from '@sluice/core/events/event-filter';
import { PIVOT, TIME_UNITS, timeSpans } from '@sluice/core/events/time-spans';
import { type Instant, toInstant } from '@sluice/core/lib/time';
import { instant, natural, uuid } from '@sluice/core/model/common';
import { z } from 'zod';
import type { Sql } from '../../db/database.ts';
import { countEvents, findEvents, tallyEvents, tallyEventsByTime } from '../../store/find-events.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = 'POST /events/filter' | 'GET /events/filter/next' | 'POST /events/count-by/{countable}';

/** What a link to the next page says: the whole question, and the last event that was read. */
const Page = z.object({
  filter: EventFilter,
  total: natural,
  limit: natural.min(1).max(50),
  now: instant,
  after: z.object({ occurred: z.string().regex(/^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00( BC)?$/), id: uuid }),
});
type Page = z.output<typeof Page>;

/** As Prefect says it of a token that it has not made. */
const notOurs = () => new SluiceError('FORBIDDEN', 'Forbidden', { hint: 'The page token is none that this server has given.' });

function readToken(token: string): Page {
  try {
    return Page.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch {
    throw notOurs();
  }
}

const rightNow = (): Instant => toInstant(Date.now() * 1000);

async function pageOf(
  sql: Sql,
  filter: BoundedFilter,
  { total, limit, now, after }: Omit<Page, 'filter' | 'after'> & Partial<Pick<Page, 'after'>>,
  origin: string,
) {
  const { events, next } = limit > 0 ? await findEvents(sql, filter, { limit, after }) : { events: [], next: undefined };
  const token = next && Buffer.from(JSON.stringify({ filter, total, limit, now, after: next })).toString('base64url');
  const next_page = token ? JSON.stringify(`${origin}/api/events/filter/next?page-token=${token}`) : 'null';
  return new Reply(`{"events":[${events.join(',')}],"total":${total},"next_page":${next_page}}`);
}

export const findEventHandlers = ({ database: { sql } }: Deps): Handlers<Keys> => ({
  'POST /events/filter': async ({ body, origin }) => {
    const now = rightNow();
    const filter = bounded(body.filter ?? {}, now);
    return pageOf(sql, filter, { total: await countEvents(sql, filter), limit: body.limit, now }, origin);
  },
  'GET /events/filter/next': async ({ query, origin }) => {
    const page = readToken(query['page-token']);
    return pageOf(sql, bounded(page.filter, page.now), page, origin);
  },
  'POST /events/count-by/{countable}': async ({ params: { countable }, body }) => {
    const now = rightNow();
    const filter = bounded(body.filter, now);
    const [unit, interval] = countable === 'day' ? (['day', 1] as const) : [body.time_unit, body.time_interval];
    const spans = timeSpans({ ...filter.occurred, unit, interval, now });
    if (typeof spans === 'string') throw new SluiceError('INVALID_REQUEST', spans, { hint: 'Ask for a shorter time, or longer intervals.' });
    if (countable === 'event' || countable === 'resource') return new Reply(await tallyEvents(sql, filter, countable));
    const counts = await tallyEventsByTime(sql, filter, { pivot: PIVOT, seconds: TIME_UNITS[unit] * interval });
    return spans.map(({ place, ...span }, index) => ({ value: String(index), label: span.start_time, count: counts.get(place) ?? 0, ...span }));
  },
});

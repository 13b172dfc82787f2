import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { ALL_NEWS, GatheredNews, type News, type RecordNews } from './news.ts';

const CHANNEL = 'sluice_news';
/** PostgreSQL's limit is 8000 bytes. Longer news says only that there was some: waiters look again. */
const MAX_BYTES = 7000;

/** After a failure, such as a database that is away. */
const AGAIN_MS = 200;

interface Message extends News {
  readonly from: string;
}

/** A newer server may tell of what this release does not know. */
const knownRecords = (records: RecordNews): RecordNews => Object.fromEntries(Object.entries(records).filter(([topic]) => topic in ALL_NEWS.records));

/**
 * Carries news between servers on one database. One NOTIFY for all that was published while the last one was under way, since
 * each takes a lock of the whole database.
 */
export async function relayNews(
  database: Database,
  logger: Logger,
): Promise<{ tell(news: News): void; listen(receive: (news: News) => void): void; close(): Promise<void> }> {
  const me = crypto.randomUUID();
  let receive: (news: News) => void = () => {};
  const { unlisten } = await database.sql.listen(
    CHANNEL,
    (text) => {
      const { from, ...news } = JSON.parse(text) as Message;
      if (from !== me) receive({ ...news, records: knownRecords(news.records) });
    },
    () => receive(ALL_NEWS), // after a lost connection: what was told meanwhile was not heard
  );
  let pending: GatheredNews | undefined;
  let sending = false;
  let closed = false;

  async function send(): Promise<void> {
    sending = true;
    while (pending) {
      const told = pending;
      const { news, short } = told;
      pending = undefined;
      const text = JSON.stringify({ from: me, ...news });
      await database.sql
        .notify(CHANNEL, Buffer.byteLength(text) <= MAX_BYTES ? text : JSON.stringify({ from: me, ...short }))
        .catch(async (error) => {
          logger.warn({ error }, 'news could not be told to other servers; they are told again');
          if (closed) return;
          told.add((pending ?? new GatheredNews()).news);
          pending = told;
          await pause(AGAIN_MS, undefined, { ref: false });
        });
    }
    sending = false;
  }

  return {
    tell: (news) => {
      pending ??= new GatheredNews();
      pending.add(news);
      if (!sending) void send();
    },
    listen: (next) => {
      receive = next;
    },
    close: () => {
      closed = true;
      return unlisten();
    },
  };
}

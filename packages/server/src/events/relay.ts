import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { GatheredNews, type News } from './news.ts';

const CHANNEL = 'sluice_news';
/** PostgreSQL's limit is 8000 bytes. Longer news says only that there was some: waiters look again. */
const MAX_BYTES = 7000;

interface Message extends News {
  readonly from: string;
}

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
  const { unlisten } = await database.sql.listen(CHANNEL, (text) => {
    const { from, ...news } = JSON.parse(text) as Message;
    if (from !== me) receive(news);
  });
  let pending: GatheredNews | undefined;
  let sending = false;

  async function send(): Promise<void> {
    sending = true;
    while (pending) {
      const { news, short } = pending;
      pending = undefined;
      const text = JSON.stringify({ from: me, ...news });
      await database.sql
        .notify(CHANNEL, Buffer.byteLength(text) <= MAX_BYTES ? text : JSON.stringify({ from: me, ...short }))
        .catch((error) => logger.warn({ error }, 'news to other servers got lost; they look again by themselves'));
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
    close: unlisten,
  };
}

import type { ServerStatus } from '@sluice/core/model/server-status';
import type { RequestTimes } from '../http/request-times.ts';
import { freeBytes } from '../services/housekeeping.ts';
import { readDatabaseFacts, readDatabaseLoad } from '../store/database-facts.ts';
import type { watchLoopDelay } from './loop-delay.ts';
import type { Engine } from './start-engine.ts';

interface About extends Pick<ServerStatus, 'sluice_version' | 'api_url' | 'started' | 'home' | 'services'> {
  readonly isEmbedded: boolean;
  readonly times: RequestTimes;
  readonly loopDelay: ReturnType<typeof watchLoopDelay>;
}

/** What a person looks at when things are slow. */
export async function readStatus(
  { database: { sql }, door, dispatcher, polls, slots, events }: Engine,
  { sluice_version, api_url, started, home, isEmbedded, services, times, loopDelay }: About,
): Promise<ServerStatus> {
  const [{ version, bytes }, load, disk_free_bytes] = await Promise.all([readDatabaseFacts(sql), readDatabaseLoad(sql), freeBytes(home)]);
  return {
    sluice_version,
    api_url,
    started,
    database: { version, embedded: isEmbedded, bytes, ...load },
    home,
    disk_free_bytes,
    memory_bytes: process.memoryUsage.rss(),
    services,
    requests: times.read(),
    event_loop_delay_ms: loopDelay.read(),
    door: door.status(),
    waiting: { event_streams: events.readers(), claims: dispatcher.waiting() + polls.waiting(), slots: slots.waiting().length },
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@sluice/client';
import { followEvents } from '@sluice/client/events';
import { NAMED_TOPICS } from '@sluice/core/events/topics';
import { childrenOf, cpuSeconds } from '../support/processes.ts';
import type { Part } from './part.ts';
import { openTab } from './tab.ts';

const TABS = 10;
const STREAMS = 90;
const SECONDS = 10;
const SETTLE_MS = 5000;

/** The server's processor time of a hundred open pages while nothing happens: ten are real, of the others there is the stream. */
export const openPages: Part = async ({ stack, browser, page }) => {
  const measure = async () => {
    await pause(SETTLE_MS);
    const pids = [stack.serverPid];
    const database = childrenOf(stack.serverPid);
    const used = (of: readonly number[]) => of.map(cpuSeconds).reduce((sum, seconds) => sum + seconds, 0);
    const before = [used(pids), used(database)] as const;
    await pause(SECONDS * 1000);
    const share = (seconds: number) => (seconds / SECONDS) * 100;
    return { server: share(used(pids) - before[0]), database: share(used(database) - before[1]) };
  };
  const idle = await measure();
  const stop = new AbortController();
  const clients = Array.from({ length: STREAMS }, () => createClient({ apiUrl: stack.client.apiUrl }));
  const followed = clients.map(async (client) => {
    for await (const _ of followEvents(client, { topics: NAMED_TOPICS }, stop.signal));
  });
  const tabs = await Promise.all(Array.from({ length: TABS }, () => openTab(browser)));
  for (const tab of tabs) {
    await tab.goto(page('/runs'));
    await tab.locator('#live').filter({ hasText: 'live' }).waitFor();
  }
  const { waiting } = await stack.client.request('GET /admin/status');
  const open = await measure();
  stop.abort();
  await Promise.all(followed);
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(tabs.map((tab) => tab.context().close()));
  return [
    {
      what: `server with ${waiting.event_streams} open pages, nothing happens`,
      measured: `${open.server.toFixed(1)} % of a processor`,
      against: `${idle.server.toFixed(1)} % without them`,
      goal: '≤ 5 %',
    },
    { what: 'its PostgreSQL', measured: `${open.database.toFixed(1)} %`, against: `${idle.database.toFixed(1)} % without them` },
  ];
};

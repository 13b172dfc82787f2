import { gzipSync } from 'node:zlib';
import { median, ms } from '../support/figures.ts';
import type { Part } from './part.ts';
import { openTab, openUntil } from './tab.ts';

const ROUNDS = 5;

/** The first page as somebody opens it who was never here: an empty cache each time. */
export const firstPage: Part = async ({ browser, page }) => {
  const paints: number[] = [];
  const answers: number[] = [];
  let requests: string[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const tab = await openTab(browser);
    const asked: string[] = [];
    const scripts: Promise<Buffer>[] = [];
    tab.on('request', (request) => asked.push(request.url()));
    tab.on('response', (response) => response.url().endsWith('.js') && scripts.push(response.body()));
    answers.push(await openUntil(tab, page('/'), 'main section h2, main section dl'));
    paints.push((await tab.evaluate('performance.getEntriesByName("first-contentful-paint")[0].startTime')) as number);
    bytes = (await Promise.all(scripts)).reduce((sum, script) => sum + gzipSync(script).length, 0);
    requests = asked;
    await tab.context().close();
  }
  return [
    { what: 'first page: JavaScript, gzip', measured: `${(bytes / 1000).toFixed(0)} kB`, goal: '≤ 250 kB' },
    { what: 'first page: requests, the stream among them', measured: String(requests.length), goal: '≤ 6' },
    { what: 'first page: first contentful paint', measured: ms(median(paints)), goal: '≤ 1 s' },
    { what: 'first page: its answer painted', measured: ms(median(answers)) },
  ];
};

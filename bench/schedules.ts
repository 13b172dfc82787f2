import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fillScheduled, lookAtAll } from '@sluice/server/testing';
import { print } from './support/figures.ts';
import { childrenOf, cpuSeconds, cpuSecondsWithEnded } from './support/processes.ts';
import { startStack } from './support/stack.ts';

/**
 * How long one turn of the scheduler takes that has to look at 10,000 deployments, each with a schedule of its own (intervals, cron
 * patterns and rules, in four time zones): the next run of each, then the two after it, then nothing to do. `schedules.ts 1000`: so many.
 */
const DEPLOYMENTS = Number(process.argv[2] ?? 10_000);

await using stack = await startStack();
const url = `${await readFile(join(stack.home, 'postgres.url'), 'utf8')}sluice`;
await fillScheduled(url, DEPLOYMENTS);

const SCHEDULED = { flow_runs: { state: { type: { any_: ['SCHEDULED' as const] } } } };
const made = () => stack.client.request('POST /flow_runs/count', { body: SCHEDULED });

const cpu = () => ({ server: cpuSeconds(stack.serverPid), postgres: cpuSecondsWithEnded(childrenOf(stack.serverPid)) });

interface Turn {
  readonly seconds: number;
  readonly server: number;
  readonly postgres: number;
}

/** Seconds of the longest turn until all are made, and that turn has ended; and the processor time that it took. */
async function turn(ahead: number): Promise<Turn> {
  const before = cpu();
  await lookAtAll(url, ahead);
  let longest = 0;
  for (let allSince: string | undefined; ; ) {
    await pause(200);
    const { services } = await stack.client.request('GET /admin/status');
    const scheduler = services.find(({ name }) => name === 'scheduler');
    if (scheduler?.last_error) throw new Error(scheduler.last_error);
    longest = Math.max(longest, scheduler?.took_ms ?? 0);
    if (allSince && (scheduler?.last_tick ?? '') > allSince) {
      const after = cpu();
      return { seconds: longest / 1000, server: after.server - before.server, postgres: after.postgres - before.postgres };
    }
    if (!allSince && (await made()) >= DEPLOYMENTS * ahead) allSince = new Date().toISOString();
  }
}

const first = await turn(1);
const more = await turn(3);
const figure = (what: string, runs: number, { seconds, server, postgres }: Turn, goal?: string) => ({
  what: `${what}: ${runs} runs`,
  measured: `${seconds.toFixed(2)} s`,
  against: `processors: server ${server.toFixed(2)} s, PostgreSQL ${postgres.toFixed(2)} s`,
  ratio: `${Math.round(runs / seconds)} runs/s`,
  ...(goal && { goal }),
});
print(`One turn of the scheduler, ${DEPLOYMENTS} deployments that are all due`, [
  figure('the next run of each', DEPLOYMENTS, first, '≤ 2 s'),
  figure('the two after it', 2 * DEPLOYMENTS, more),
]);

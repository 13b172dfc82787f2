import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@sluice/client';
import { clientQuestions, fillEndedRuns, type KnownRecords, pageQuestions } from '@sluice/server/testing';
import { median, ms, print, quantile } from './support/figures.ts';
import { startStack } from './support/stack.ts';

/**
 * Every question of a page, and of Prefect's clients, to a server that has stored a million ended flow runs over 30 days, half a million task runs and 200,000
 * log lines, against the default list in the same run. `million-runs.ts 100000`: so many runs;
 * `million-runs.ts 1000000 clients`: only what Prefect's clients ask.
 */
const RUNS = Number(process.argv[2] ?? 1_000_000);
const WHOSE = process.argv[3];
const LOGS = 100_000;
const ROUNDS = 20;

await using stack = await startStack();
const started = performance.now();
const postgres = await readFile(join(stack.home, 'postgres.url'), 'utf8');
await fillEndedRuns(`${postgres}sluice`, { runs: RUNS, tasksEvery: 4, logs: LOGS, days: 30 });
console.log(`${RUNS} flow runs filled in ${Math.round((performance.now() - started) / 1000)} s`);

const client = createClient({ apiUrl: stack.client.apiUrl });
const [flow] = await client.request('POST /flows/filter', { body: { sort: 'NAME_ASC', limit: 1 } });
const [deployment] = await client.request('POST /deployments/filter', { body: { limit: 1 } });
const [newest] = await client.request('POST /flow_runs/filter', { body: { limit: 1 } });
const known: KnownRecords = { flow: flow?.id as string, deployment: deployment?.id as string, newest_run: newest?.id as string };
const questions = WHOSE === 'clients' ? clientQuestions(known) : [...pageQuestions(known), ...clientQuestions(known)];

const times = new Map<string, number[]>(questions.map(({ what }) => [what, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const { what, route, input } of questions) {
    const asked = performance.now();
    await client.request(route, input as never);
    if (round > 0) times.get(what)?.push(performance.now() - asked);
  }
}
await client.close();
const base = median(times.get(WHOSE === 'clients' ? 'all, EXPECTED_START_TIME_DESC' : 'default list') as number[]);
print(
  `Questions of a page, ${RUNS} flow runs stored; default list ${ms(base)}; goals where it takes 20 ms`,
  questions.map(({ what, goalMs }) => {
    const measured = times.get(what) as number[];
    return {
      what,
      measured: `${ms(median(measured))}, p95 ${ms(quantile(measured, 0.95))}`,
      ratio: `${(median(measured) / base).toFixed(2)} of the default list`,
      goal: `p95 ≤ ${goalMs} ms`,
    };
  }),
);

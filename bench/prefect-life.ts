import { setTimeout as pause } from 'node:timers/promises';
import { median, ms, perSecond, print, quantile } from './support/figures.ts';
import { HttpLane } from './support/http-lane.ts';
import { startPrefect, VERSIONS } from './support/prefect.ts';
import { startStack } from './support/stack.ts';

/**
 * The life of a flow run with three tasks as Prefect 2.x's client leads it, 13 requests, on a server of ours and on Prefect's own of
 * both generations, in turn: flow runs a second with as many clients at once as each does best with, and how long one life takes. No
 * worker. `prefect-life.ts 3`: so many rounds.
 */
const ROUNDS = Number(process.argv[2] ?? 3);
const SECONDS = 10;
/** As many lives at once: ours commits what comes together; theirs do no more with more, and one of 3.x on SQLite breaks connections. */
const FEW = 8;
const CLIENTS = { ours: [FEW, 96, 256], theirs: [2, FEW] } as const;
const BUSY_MS = 100;

const HEADERS = { 'user-agent': 'python-httpx/0.28.1', 'x-prefect-api-version': '0.8.4', accept: 'application/json' };
const DETAILS = { flow_run_id: null, task_run_id: null, child_flow_run_id: null, cache_key: null, cache_expiration: null };
const POLICY = { max_retries: 0, retry_delay_seconds: 0, retries: 0, retry_delay: 0, retry_jitter_factor: null };
const state = (type: string, data?: object) => ({ type, name: type[0] + type.slice(1).toLowerCase(), message: null, data, state_details: DETAILS });

/** Sends until the server takes it: one of 3.x on SQLite says 503 when it is busy, and Prefect's clients ask again. */
async function ask<T>(lane: HttpLane, path: string, body: object): Promise<T> {
  for (;;) {
    const { status, text } = await lane.send('POST', `/api${path}`, JSON.stringify(body));
    if (status === 200 || status === 201) return JSON.parse(text) as T;
    if (status !== 503 && status !== 429) throw new Error(`${path}: ${status} ${text}`);
    await pause(BUSY_MS);
  }
}

async function life(lane: HttpLane, name: string): Promise<void> {
  const flow = await ask<{ id: string }>(lane, '/flows/', { name: 'bench-life', tags: [] });
  const run = await ask<{ id: string }>(lane, '/flow_runs/', {
    flow_id: flow.id,
    name,
    parameters: { table: 7 },
    context: {},
    tags: [],
    empirical_policy: POLICY,
    state: state('PENDING'),
  });
  const set = async (path: string, proposed: object) => {
    const { status } = await ask<{ status: string }>(lane, `${path}/set_state`, { state: proposed, force: false });
    if (status !== 'ACCEPT') throw new Error(`${path}: ${status}`);
  };
  await set(`/flow_runs/${run.id}`, state('RUNNING'));
  for (let index = 0; index < 3; index++) {
    const task = await ask<{ id: string }>(lane, '/task_runs/', {
      name: `load-${index}`,
      flow_run_id: run.id,
      task_key: 'flows.load',
      dynamic_key: String(index),
      tags: [],
      task_inputs: {},
      empirical_policy: POLICY,
      state: state('PENDING'),
    });
    await set(`/task_runs/${task.id}`, state('RUNNING'));
    await set(`/task_runs/${task.id}`, state('COMPLETED', { type: 'unpersisted' }));
  }
  await set(`/flow_runs/${run.id}`, state('COMPLETED', { type: 'unpersisted' }));
}

interface Measured {
  /** Lives a second that came to their end. */
  readonly rate: number;
  /** Lives whose connection the server broke. */
  readonly broken: number;
  readonly p95: number;
}

/** So many lives at once, each ended: no life that began is left out. */
async function measure(url: string, clients: number, seconds: number): Promise<Measured> {
  const took: number[] = [];
  let broken = 0;
  const started = performance.now();
  const until = started + seconds * 1000;
  const client = async (number: number) => {
    const lane = new HttpLane(url, HEADERS);
    for (let index = 0; performance.now() < until; index++) {
      const began = performance.now();
      try {
        await life(lane, `bench-${number}-${index}`);
        took.push(performance.now() - began);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
        broken++;
      }
    }
    lane.close();
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return { rate: took.length / ((performance.now() - started) / 1000), broken, p95: quantile(took, 0.95) };
}

const OURS = 'ours';
type Side = typeof OURS | (typeof VERSIONS)[number];
const sides: readonly Side[] = [OURS, ...VERSIONS];
const rounds: { readonly side: Side; readonly clients: number; readonly measured: Measured }[] = [];

const clientsOf = (side: Side): readonly number[] => (side === OURS ? CLIENTS.ours : CLIENTS.theirs);

async function turn(side: Side): Promise<void> {
  await using server = side === OURS ? await startStack() : await startPrefect(side);
  const url = 'url' in server ? server.url : server.client.apiUrl;
  await measure(url, FEW, 2);
  for (const clients of clientsOf(side)) {
    const measured = await measure(url, clients, SECONDS);
    rounds.push({ side, clients, measured });
    console.log(`${side}, ${clients} at once: ${measured.rate.toFixed(1)}/s, p95 ${Math.round(measured.p95)} ms, ${measured.broken} broken`);
  }
}

for (let round = 0; round < ROUNDS; round++) for (const side of sides) await turn(side);

const of = (side: Side, clients: number) => rounds.filter((each) => each.side === side && each.clients === clients).map(({ measured }) => measured);
const rateOf = (side: Side, clients: number) => median(of(side, clients).map(({ rate }) => rate));
const bestOf = (side: Side) => Math.max(...clientsOf(side).map((clients) => rateOf(side, clients)));
const p95Of = (side: Side, clients: number) => median(of(side, clients).map(({ p95 }) => p95));

print(`Flow runs with three tasks by Prefect 2.x’s 13 requests, median of ${ROUNDS} turns in turn`, [
  { what: 'flow runs, ours', measured: perSecond(bestOf(OURS)) },
  ...VERSIONS.map((version) => ({
    what: `flow runs, ${version}`,
    measured: `${bestOf(version).toFixed(1)}/s`,
    against: OURS,
    ratio: `ours ${(bestOf(OURS) / bestOf(version)).toFixed(0)} times`,
    goal: '≥ 100 times',
  })),
  { what: `p95 of a life, ${FEW} at once, ours`, measured: ms(p95Of(OURS, FEW)) },
  ...VERSIONS.map((version) => ({
    what: `p95 of a life, ${FEW} at once, ${version}`,
    measured: ms(p95Of(version, FEW)),
    against: OURS,
    ratio: `${(p95Of(version, FEW) / p95Of(OURS, FEW)).toFixed(0)} times ours`,
  })),
]);

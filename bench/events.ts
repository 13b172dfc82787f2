import { setTimeout as pause } from 'node:timers/promises';
import { connectSocket, toldOfTask } from '@sluice/server/testing';
import { uuidv7 } from 'uuidv7';
import { ms, perSecond, print, quantile } from './support/figures.ts';
import { HttpLane } from './support/http-lane.ts';
import { childrenOf, cpuSeconds, cpuSecondsWithEnded } from './support/processes.ts';
import { startStack } from './support/stack.ts';

/**
 * How many events a second are durable, over the websocket on which Prefect 3's clients send them and by POST; and how the server does
 * while 100,000 events that tell of task runs wait to be recorded. `events.ts 10000`: so many of each.
 */
const EVENTS = Number(process.argv[2] ?? 100_000);
const CLIENTS = 8;
/** Of one request; and so many are on their way over a websocket before the client lets others do something. */
const TOGETHER = 200;

await using stack = await startStack();
const url = stack.client.apiUrl;
const { id: flow_id } = await stack.client.request('POST /flows/', { body: { name: 'bench-events' } });
const { id: run } = await stack.client.request('POST /flow_runs/', { body: { flow_id, state: { type: 'RUNNING' } } });

/** As Prefect's automations and integrations emit them: half a kilobyte each. */
const plainEvent = (index: number) => ({
  id: uuidv7(),
  occurred: new Date().toISOString(),
  event: 'bench.table.loaded',
  resource: { 'prefect.resource.id': `bench.table.${index % 500}`, 'prefect.resource.name': `table-${index % 500}` },
  related: [{ 'prefect.resource.id': `prefect.flow-run.${run}`, 'prefect.resource.role': 'flow-run' }],
  payload: { rows: index, checksum: 'd41d8cd98f00b204e9800998ecf8427e', took: index / 7 },
  follows: null,
});

interface Cost {
  readonly seconds: number;
  readonly server: number;
  readonly postgres: number;
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = () => ({ server: cpuSeconds(stack.serverPid), postgres: cpuSecondsWithEnded(childrenOf(stack.serverPid)) });
  const before = cpu();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const after = cpu();
  return { seconds, server: after.server - before.server, postgres: after.postgres - before.postgres };
}

const atOnce = (work: (client: number) => Promise<unknown>) => Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(client)));

const bySocket = (count: number) =>
  atOnce(async () => {
    await using socket = await connectSocket(url, '/events/in');
    for (let sent = 0; sent < count / CLIENTS; sent++) {
      socket.send(plainEvent(sent));
      if (sent % TOGETHER === 0) await pause(0);
    }
    await socket.checkpoint();
  });

async function postAll(bodies: readonly string[]): Promise<void> {
  let next = 0;
  await atOnce(async () => {
    const lane = new HttpLane(url, { accept: 'application/json' });
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const { status, text } = await lane.send('POST', '/api/events', body);
      if (status >= 300) throw new Error(`${status} ${text}`);
    }
    lane.close();
  });
}

const inBodies = (events: readonly object[]) =>
  Array.from({ length: Math.ceil(events.length / TOGETHER) }, (_, part) => JSON.stringify(events.slice(part * TOGETHER, (part + 1) * TOGETHER)));

const plainEvents = (count: number) => inBodies(Array.from({ length: count }, (_, index) => plainEvent(index)));

/** How long a list of runs takes, asked for now and then until `until` says that it is enough. */
async function answers(until: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!until()) {
    const asked = performance.now();
    await stack.client.request('POST /flow_runs/filter', { body: { limit: 20 } });
    times.push(performance.now() - asked);
    await pause(20);
  }
  return times;
}

const TASK_STATES = ['PENDING', 'RUNNING', 'COMPLETED'] as const;
const tasks = Array.from({ length: Math.ceil(EVENTS / TASK_STATES.length) }, () => uuidv7());
const told = inBodies(
  tasks.flatMap((task) => TASK_STATES.map((type, at) => toldOfTask(task, run, type, new Date(Date.now() - 60_000 + at * 1000).toISOString()))),
);
const plain = plainEvents(EVENTS);

await bySocket(2000);
await postAll(plainEvents(2000));
const sockets = await costOf(() => bySocket(EVENTS));
const posts = await costOf(() => postAll(plain));

const idleUntil = performance.now() + 3000;
const idle = await answers(() => idleUntil < performance.now());
let recorded = 0;
const posted = costOf(() => postAll(told));
const recording = costOf(async () => {
  await posted;
  while (recorded < tasks.length) {
    await pause(500);
    recorded = await stack.client.request('POST /task_runs/count', { body: { task_runs: { state: { type: { any_: ['COMPLETED'] } } } } });
  }
});
const meanwhile = await answers(() => recorded >= tasks.length);

const figure = (what: string, { seconds, server, postgres }: Cost, goal?: string) => ({
  what,
  measured: perSecond(EVENTS / seconds),
  against: `processors: server ${((server / EVENTS) * 1e6).toFixed(0)} µs, PostgreSQL ${((postgres / EVENTS) * 1e6).toFixed(0)} µs an event`,
  ...(goal && { goal }),
});
print(`${EVENTS} events, ${CLIENTS} clients`, [
  figure('durable over /events/in', sockets, '≥ 20,000/s'),
  figure(`durable by POST, ${TOGETHER} together`, posts, '≥ 20,000/s'),
  figure('of task runs, durable by POST', await posted),
  figure('of task runs, recorded', await recording),
  {
    what: 'p95 of a list of runs meanwhile',
    measured: ms(quantile(meanwhile, 0.95)),
    against: `with nothing to do ${ms(quantile(idle, 0.95))}`,
    ratio: (quantile(meanwhile, 0.95) / quantile(idle, 0.95)).toFixed(1),
  },
]);

import { type Client, createClient, pageAll } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import { isFinal } from '@sluice/core/model/state-type';
import { flow, NonRetryable, RunAborted, run, TimedOut, task } from '@sluice/sdk';
import { startTestServer } from '@sluice/server/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';

/*
 * Flows and tasks that throw, return and name whatever a user may come upon, through a real server: whatever it is, each of their
 * runs ends, once, and in the state that its code asks for.
 */

let client: Client;
let server: Awaited<ReturnType<typeof startTestServer>>;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  client = createClient({ apiUrl: server.url });
  process.env['SLUICE_API_URL'] = server.url;
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(console, 'warn').mockReturnValue();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await client.close();
  await server.stop();
});

/** More are tried by hand: some minutes find what some seconds do not. */
const RUNS = Number(process.env['SLUICE_TEST_ENDS'] ?? 40);

const deep = (depth: number) => {
  let value: unknown = 'bottom';
  for (let index = 0; index < depth; index++) value = [value];
  return value;
};
const circle = () => {
  const value: Record<string, unknown> = { a: 1 };
  value['self'] = value;
  return value;
};
const refuses = (): never => {
  throw new Error('a trap');
};
const trap = () => new Proxy({}, { get: refuses, ownKeys: refuses, getPrototypeOf: refuses, has: refuses, getOwnPropertyDescriptor: refuses });
const withMessage = (message: unknown) => Object.assign(new Error('x'), { message });

class Account {
  readonly #balance = 7;
  readonly owner = 'a';
  get balance() {
    return this.#balance;
  }
}

/** Each is made again: what one run does to it is nothing that the next one sees. */
const makers: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => 0,
  () => -0,
  () => Number.NaN,
  () => '',
  () => 'a\0b',
  () => '\ud800',
  () => ({ '\0': '\udc00' }),
  () => 'x'.repeat(2_000_000),
  () => 10n,
  () => Symbol('s'),
  () => () => 1,
  () => ({ inner: () => 1 }),
  () => Object.create(null),
  () => ({ code: 1 }),
  () => JSON.parse('{"__proto__": 1}'),
  () => new Map([[new Set([1]), new Date(0)]]),
  () => new Account(),
  () => ({ gone: undefined, hole: Object.assign(new Array(3), { 0: 1 }) }),
  () => Buffer.from('bytes'),
  () => new Error('plain'),
  () => new Error(''),
  () => withMessage({ a: 1 }),
  () => withMessage(Symbol('m')),
  () => withMessage('m'.repeat(2_000_000)),
  () => new AggregateError([new Error('first'), 'second', new AggregateError([])]),
  () => new Error('outer', { cause: new Error('inner', { cause: trap() }) }),
  () => Object.assign(new Error('own cause'), { code: Symbol('c'), hint: 7, stack: { a: 1 } }),
  () => new NonRetryable('never again'),
  () => new TimedOut('by hand'),
  () => new RunAborted('LeaseLost'),
  () => new RunAborted('WorkerShutdown'),
  () => new SluiceError('CONFLICT', 'there is one', { hint: 'Choose another.' }),
  () => ({ [Symbol.for('sluice.error')]: true }),
  () => new DOMException('stop', 'AbortError'),
  () => deep(100),
  () => deep(100_000),
  circle,
  trap,
  () => ({
    get inner() {
      return refuses();
    },
  }),
  () => ({ toJSON: refuses, toString: refuses }),
];

const anything = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...makers) },
  {
    weight: 1,
    arbitrary: fc
      .anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withNullPrototype: true,
        withTypedArray: true,
        withSparseArray: true,
      })
      .map((value) => () => value),
  },
);
const anyName = fc.oneof(
  fc.constantFrom('copy', 'a\0b', '\ud800', ' ', 'x'.repeat(2500), '🙂'.repeat(900), 'a/b%c'),
  fc.string({ unit: 'binary', minLength: 1 }),
);

interface Plan {
  readonly kind: 'task' | 'subflow';
  readonly name: string;
  readonly input: () => unknown;
  readonly does: 'returns' | 'throws' | 'throws later';
  readonly what: () => unknown;
  readonly retries: number;
  readonly retryIf: 'none' | 'says yes' | 'throws' | 'says what';
  readonly runName: 'none' | 'throws' | 'says what';
  readonly checkpoint: boolean;
  readonly caught: boolean;
  readonly inside: readonly Plan[];
}

const plan: fc.Memo<Plan> = fc.memo(
  (depth): fc.Arbitrary<Plan> =>
    fc.record<Plan>({
      kind: fc.constantFrom('task', 'task', 'subflow'),
      name: anyName,
      input: anything,
      does: fc.constantFrom('returns', 'returns', 'throws', 'throws later'),
      what: anything,
      retries: fc.integer({ min: 0, max: 2 }),
      retryIf: fc.constantFrom('none', 'none', 'says yes', 'throws', 'says what'),
      runName: fc.constantFrom('none', 'throws', 'says what'),
      checkpoint: fc.boolean(),
      caught: fc.boolean(),
      inside: depth > 1 ? fc.array(plan(), { maxLength: 2 }) : fc.constant([]),
    }),
);

/** The plan in short: the values are long. */
function report({ failed, counterexample, errorInstance }: fc.RunDetails<[Plan]>): void {
  if (!failed) return;
  const short = (_key: string, value: unknown) =>
    typeof value === 'function' ? String(value).slice(0, 100) : typeof value === 'string' ? value.slice(0, 20) : value;
  throw new Error(`${String(errorInstance)}\n${JSON.stringify(counterexample, short)}`);
}

/** Of each run by its id, whether its body let out an error when it was done last. */
type Told = Map<string, boolean>;

function make(plan: Plan, told: Told): (input: unknown) => Promise<unknown> {
  const body = async () => {
    const { task_run_id, flow_run_id } = run.current();
    const id = task_run_id ?? flow_run_id;
    told.set(id, true);
    for (const inner of plan.inside) {
      const work = make(inner, told)(inner.input());
      await (inner.caught ? work.catch(() => {}) : work);
    }
    if (plan.does === 'throws later') await new Promise(setImmediate);
    if (plan.does !== 'returns') throw plan.what();
    const what = plan.what();
    // A promise asks what it is given whether it is one itself, and takes an answer that fails for the failure.
    await what;
    told.set(id, false);
    return what;
  };
  const runName = { none: undefined, throws: refuses, 'says what': plan.what as () => string }[plan.runName];
  if (plan.kind === 'subflow') return flow({ name: 'inner', retries: plan.retries, ...(runName && { runName }) }, body) as never;
  const retryIf = { none: undefined, throws: refuses, 'says yes': () => true, 'says what': plan.what as () => boolean }[plan.retryIf];
  const { name, retries, checkpoint } = plan;
  return task({ name, retries, checkpoint, ...(retryIf && { retryIf }), ...(runName && { runName }) }, body) as never;
}

const statesOf = {
  flow_run: (id: string) => client.request('GET /flow_run_states/', { query: { flow_run_id: id } }),
  task_run: (id: string) => client.request('GET /task_run_states/', { query: { task_run_id: id } }),
};

/** All runs of a family, the eldest first. */
async function familyOf(id: string) {
  const taskRuns = await pageAll((page) => client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [id] } }, ...page } }));
  const children = await pageAll((page) =>
    client.request('POST /flow_runs/filter', { body: { flow_runs: { parent_flow_run_id: { any_: [id] } }, ...page } }),
  );
  const inner: { id: string; kind: 'flow_run' | 'task_run' }[][] = await Promise.all(children.map((child) => familyOf(child.id)));
  return [{ id, kind: 'flow_run' as const }, ...taskRuns.map((each) => ({ id: each.id, kind: 'task_run' as const })), ...inner.flat()];
}

test('whatever flows and tasks throw, return and are called, each of their runs ends once, and in the right state', async () => {
  await fc.assert(
    fc.asyncProperty(plan(3), async (root) => {
      const told: Told = new Map();
      const top: Plan = { ...root, kind: 'subflow', retries: 0 };
      let id = '';
      const around = flow({ name: 'around' }, async () => {
        id = run.current().flow_run_id;
        await make(top, told)(top.input()).catch(() => {});
      });
      await around({});
      const family = await familyOf(id);
      for (const each of family) {
        const states = await statesOf[each.kind](each.id);
        const names = `${each.kind}: ${states.map(({ name }) => name).join(', ')}`;
        const last = states.at(-1);
        expect(['COMPLETED', 'FAILED'], names).toContain(last?.type);
        for (const [index, { type }] of states.entries())
          expect(isFinal(type) && isFinal(states[index + 1]?.type), `${names}: ends once a try`).toBe(false);
        expect(last?.type === 'FAILED' ? last.message : 'none needed', names).not.toBe('');
        expect(last?.message ?? '').not.toContain('[object Object]');
        const threw = told.get(each.id);
        if (threw) expect(last?.type, names).toBe('FAILED');
        const refused = isObject(last?.data) && last.data['code'] === 'RESULT_REFUSED';
        if (threw === false && !refused) expect(last?.type, names).toBe('COMPLETED');
      }
      expect(family.length).toBeGreaterThan(2);
    }),
    { seed: 7, numRuns: RUNS, endOnFailure: true, reporter: report },
  );
});

/** What a promise cannot be given has failed already. */
const returnable = makers.filter((make) => make !== trap);

test.each(returnable.map((make, index) => [index, make] as const))(
  'what a task has done is not done again for a result that cannot be stored: %i',
  async (_index, make) => {
    let done = 0;
    const once = task({ name: 'once', retries: 2 }, () => {
      done++;
      return make() as never;
    });
    const kept = (error: unknown) => (isObject(error) ? error['code'] : error);
    expect(['kept', 'RESULT_REFUSED']).toContain(await flow({ name: 'returns-it' }, () => once(undefined).then(() => 'kept', kept))({}));
    expect(done).toBe(1);
  },
);

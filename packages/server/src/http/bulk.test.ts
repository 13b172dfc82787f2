import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Answer, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let flow_id: string;
let deployment_id: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = await make('/flows/', { name: 'flow' });
  deployment_id = await make('/deployments/', { flow_id, name: 'deployment' });
});
afterAll(() => server.stop());

const post = (path: string, body: unknown): Promise<Answer> => call(server.url, 'POST', path, { body });
const make = async (path: string, body: unknown) => ((await post(path, body)).json as { id: string }).id;
const makeRuns = (count: number, tag: string, type = 'SCHEDULED') =>
  Promise.all(
    Array.from({ length: count }, (_, n) => make('/flow_runs/', { flow_id, deployment_id, name: `${tag}-${n}`, tags: [tag], state: { type } })),
  );
const tagged = (tag: string, more: object = {}) => ({ flow_runs: { tags: { all_: [tag] }, ...more } });
const countOf = async (filter: object) => (await post('/flow_runs/count', filter)).json;

interface Bulk {
  readonly results: { flow_run_id: string; status: string; written: boolean; state: { type: string }; details: { reason?: string } }[];
  readonly deleted: string[];
  readonly refused: { flow_run_id: string; reason: string }[];
  readonly next: string | null;
}

/** All answers, one after the other, until there is nothing left to do. */
async function goThrough(path: string, body: object): Promise<Bulk[]> {
  const answers: Bulk[] = [];
  let after: string | null = null;
  do {
    const { status, json } = await post(path, { ...body, after });
    expect(status).toBe(200);
    answers.push(json as Bulk);
    after = (json as Bulk).next;
  } while (after !== null);
  return answers;
}

describe('a state for all runs of a filter', () => {
  const cancel = { state: { type: 'CANCELLING' } };

  test('is proposed to a part of them at a time, and to each once', async () => {
    const ids = await makeRuns(23, 'many');
    const answers = await goThrough('/flow_runs/bulk_set_state', { ...tagged('many'), ...cancel, limit: 10 });
    expect(answers.map(({ results }) => results.length)).toEqual([10, 10, 3]);
    const results = answers.flatMap((answer) => answer.results);
    expect(results.map(({ flow_run_id }) => flow_run_id).sort()).toEqual([...ids].sort());
    for (const result of results) expect(result).toMatchObject({ status: 'REJECT', written: true, state: { type: 'CANCELLED' } });
  });

  test('that cannot be is refused for each run in the words of its rule, and leaves the others alone', async () => {
    const [ended] = await makeRuns(1, 'mixed', 'COMPLETED');
    await makeRuns(2, 'mixed');
    const [answer] = await goThrough('/flow_runs/bulk_set_state', { ...tagged('mixed'), ...cancel });
    const refused = answer?.results.filter(({ written }) => !written);
    expect(refused).toMatchObject([
      {
        flow_run_id: ended,
        status: 'ABORT',
        details: { reason: "Run is already in terminal state COMPLETED. (flow run 'mixed-0', from COMPLETED to CANCELLING)" },
      },
    ]);
    expect(await countOf(tagged('mixed', { state: { type: { any_: ['CANCELLED'] } } }))).toBe(2);
  });

  test('runs all that failed again, and a request that comes twice does it once', async () => {
    await makeRuns(3, 'failed', 'FAILED');
    const again = {
      ...tagged('failed', { state: { type: { any_: ['FAILED'] } } }),
      state: { type: 'SCHEDULED', state_details: { transition_id: uuidv7() } },
    };
    const answers = await Promise.all([post('/flow_runs/bulk_set_state', again), post('/flow_runs/bulk_set_state', again)]);
    const written = answers.flatMap(({ json }) => (json as Bulk).results).filter((result) => result.written);
    expect(written).toHaveLength(3);
    expect(await countOf(tagged('failed', { state: { type: { any_: ['SCHEDULED'] } } }))).toBe(3);
  });

  test('needs a filter, and a cursor that is one', async () => {
    expect(await post('/flow_runs/bulk_set_state', cancel)).toMatchObject({ status: 422, json: { detail: 'A filter is needed.' } });
    expect(await post('/flow_runs/bulk_set_state', { ...tagged('x'), ...cancel, after: 'x' })).toMatchObject({ status: 422 });
    expect(await post('/flow_runs/bulk_set_state', { ...tagged('x'), ...cancel, limit: 201 })).toMatchObject({ status: 422 });
  });
});

describe('all runs of a filter are deleted', () => {
  test('a part of them at a time, but for those that have a process, which are named', async () => {
    const [running] = await makeRuns(1, 'gone', 'RUNNING');
    const ids = await makeRuns(25, 'gone');
    const answers = await goThrough('/flow_runs/bulk_delete', { ...tagged('gone'), limit: 15 });
    expect(answers.flatMap(({ deleted }) => deleted).sort()).toEqual([...ids].sort());
    expect(answers.flatMap(({ refused }) => refused)).toEqual([
      {
        flow_run_id: running,
        reason: `'gone-0' is Running: a run that has a process cannot be deleted. End it first: sluice flow-run cancel ${running}`,
      },
    ]);
    expect(await countOf(tagged('gone'))).toBe(1);
  });

  test('not without a filter', async () => {
    expect(await post('/flow_runs/bulk_delete', {})).toMatchObject({ status: 422, json: { hint: '{"flow_runs": {}} stands for all flow runs.' } });
  });
});

import { describe, expect, test } from 'vitest';
import { type LimitFacts, type PlaceFacts, type WaitReasonFacts, waitReason } from './wait-reason.ts';

const place = (name: string, more: Partial<PlaceFacts> = {}): PlaceFacts => ({
  name,
  command_name: name,
  limit: null,
  used: 0,
  held_by: [],
  paused: false,
  ...more,
});
const full: Partial<PlaceFacts> = { limit: 2, used: 2, held_by: ['one', 'two'] };
const limit = (name: string, more: Partial<LimitFacts> = {}): LimitFacts => ({ name, limit: 1, used: 1, held_by: ["task 'q' of 'one'"], ...more });
const worker = (more: object = {}) => ({ name: 'w', online: true, serves: true, language: 'typescript' as const, limit: 1, used: 0, ...more });

const run: WaitReasonFacts = {
  id: 'an-id',
  state_type: 'SCHEDULED',
  state_name: 'Scheduled',
  due_seconds: -1,
  asks: false,
  in_process: false,
  worker_name: null,
  pool: place('etl'),
  queue: place('default'),
  deployment: null,
  homeless: false,
  lost_deployment: null,
  retry_seconds: null,
  language: null,
  workers: [worker()],
  ahead: 0,
  queuing: [],
  waiting: null,
};
const running = { state_type: 'RUNNING' as const, state_name: 'Running' };
const why = (more: Partial<WaitReasonFacts>) => waitReason({ ...run, ...more }).reason;

describe('a run says why it waits:', () => {
  test.each<[string, Partial<WaitReasonFacts>]>([
    ['due in 90 s', { due_seconds: 89.2 }],
    ['due in 15 min', { due_seconds: 905 }],
    ['due in 11 h', { due_seconds: 39_751 }],
    ['due in 87 d', { due_seconds: 7_558_351 }],
    ['is tried again in 60 s', { due_seconds: 60, state_name: 'AwaitingRetry' }],
    ['has no work pool: no worker takes it', { pool: null, queue: null }],
    ['its work pool or work queue was deleted, or it had none: no worker takes it', { pool: null, queue: null, homeless: true }],
    ['its deployment daily was deleted: it cannot start', { lost_deployment: 'daily', workers: [] }],
    ['is tried again in 60 s', { state_type: 'PENDING', due_seconds: 59.5, worker_name: 'host 12' }],
    ['a task is tried again in 300 s', { ...running, retry_seconds: 299.1 }],
    ['work pool etl is paused', { pool: place('etl', { paused: true }), workers: [] }],
    ['work queue slow of etl is paused', { queue: place('slow', { paused: true }) }],
    ['deployment daily is paused', { deployment: place('daily', { paused: true }) }],
    ['no worker of etl is online', { workers: [worker({ online: false })] }],
    ['its flow is in Python, and no worker of etl that is online runs that (w)', { language: 'python' }],
    ['no worker takes runs of work queue default of etl (for other queues: w)', { workers: [worker({ serves: false })] }],
    ['waits for a slot of work pool etl (limit 2, held by one, two; 3rd in line)', { pool: place('etl', full), ahead: 2 }],
    ['waits for a slot of work queue slow (limit 2, held by one, two; 1st in line)', { queue: place('slow', full) }],
    ['waits for a slot of deployment daily (limit 2, held by one, two; 12th in line)', { deployment: place('daily', full), ahead: 11 }],
    ['waits for a slot of work pool etl: its limit is 0', { pool: place('etl', { limit: 0 }) }],
    ['waits for a free worker (w 1/1; 1st in line)', { workers: [worker({ used: 1 })] }],
    ['wren starts its process', { state_type: 'PENDING', worker_name: 'wren' }],
    ['is being cancelled: its process is told to stop', { state_type: 'CANCELLING' }],
    ['is paused', { state_type: 'PAUSED' }],
    ['is paused, and asks for an answer', { state_type: 'PAUSED', asks: true }],
    [
      "a task waits for a slot of the tag \"db\" (limit 1, held by task 'q' of 'one'; 2nd in line)",
      { ...running, queuing: [{ task: true, slots: 1, ahead: 1, limits: [limit('tag:db')] }] },
    ],
    [
      "waits for 2 slots of the concurrency limit \"api\" (limit 3, held by task 'q' of 'one'; 1st in line)",
      {
        ...running,
        queuing: [{ task: false, slots: 2, ahead: 0, limits: [limit('free', { used: 0, limit: 9 }), limit('api', { limit: 3, used: 2 })] }],
      },
    ],
    [
      'a task waits for a slot of the tag "db": its limit is 0',
      { ...running, queuing: [{ task: true, slots: 1, ahead: 0, limits: [limit('tag:db', { limit: 0, used: 0 })] }] },
    ],
    [
      'a task waits for 2 slots of the tag "db", whose limit is 1',
      { ...running, queuing: [{ task: true, slots: 2, ahead: 0, limits: [limit('tag:db')] }] },
    ],
    ['waits for 2 runs: a, b', { ...running, waiting: { open: ['a', 'b'], all: 2, slot: null, lent: true } }],
    ['waits for 4 of 5 runs: a, b, c, 1 more', { ...running, waiting: { open: ['a', 'b', 'c', 'd'], all: 5, slot: null, lent: true } }],
    ['waits for a slot of worker "w"', { ...running, waiting: { open: [], all: 1, slot: 'worker "w"', lent: true } }],
    ['waits to get its place back', { ...running, waiting: { open: [], all: 1, slot: null, lent: true } }],
  ])('%s', (reason, more) => {
    expect(why(more)).toBe(reason);
  });

  test.each<[string, Partial<WaitReasonFacts>]>([
    ['a worker has room', { workers: [worker({ used: 1 }), worker()] }],
    ['a worker of Prefect’s does not say', { workers: [worker({ limit: null })] }],
    ['it runs', running],
    ['it has ended', { state_type: 'COMPLETED' }],
    ['its own process tries it again', { in_process: true, workers: [] }],
    ['a limit has room', { pool: place('etl', { limit: 2, used: 1 }) }],
  ])('nothing that may be wrong when %s', (_what, more) => {
    expect(why(more)).toBeNull();
  });

  test('with the command that helps', () => {
    expect(waitReason({ ...run, workers: [] }).hint).toBe('Start one: sluice worker start --pool etl');
    const queuing = [{ task: true, slots: 1, ahead: 0, limits: [limit('tag:db', { limit: 0 })] }];
    expect(waitReason({ ...run, ...running, queuing }).hint).toBe('Raise the limit: sluice concurrency-limit create db NUMBER');
  });
});

import { EventEmitter, once } from 'node:events';
import { nodeFlags } from '@sluice/core/process/programs';
import { isRunning } from '@sluice/home/processes';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, startLab, workerOptions } from '../../../tests/support/lab.ts';
import { WORKER_PROGRAM } from '../../../tests/support/worker-process.ts';
import { superviseWorkers } from '../src/supervisor.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
});
afterAll(() => lab.stop());

test('workers that die are started again, after a pause that grows while they keep dying, and stop cleanly together', async () => {
  const pool = await lab.pool();
  const happened = new EventEmitter<{ started: [string, number]; died: [string, string, number] }>();
  const started: string[] = [];
  const supervisor = superviseWorkers(
    ['worker-1', 'worker-2'],
    (name) => ({ program: process.execPath, args: [...nodeFlags(WORKER_PROGRAM), WORKER_PROGRAM, JSON.stringify(workerOptions(lab, pool, name))] }),
    {
      onStarted: (name, pid) => {
        started.push(name);
        happened.emit('started', name, pid);
      },
      onDied: (name, how, pause) => happened.emit('died', name, how, pause),
    },
  );
  expect(started).toEqual(['worker-1', 'worker-2']);
  const kill = async (name: string) => {
    const [died, again] = [once(happened, 'died'), once(happened, 'started')];
    process.kill(supervisor.pids.get(name) ?? 0, 'SIGKILL');
    return [await died, (await again)[0]];
  };
  expect(await kill('worker-2')).toEqual([['worker-2', 'SIGKILL', 500], 'worker-2']);
  expect(await kill('worker-2')).toEqual([['worker-2', 'SIGKILL', 1000], 'worker-2']);

  supervisor.stop();
  await supervisor.ended;
  for (const pid of supervisor.pids.values()) expect(isRunning(pid)).toBe(false);
  expect(started).toEqual(['worker-1', 'worker-2', 'worker-2', 'worker-2']);
});

test('of workers that end by themselves one that has ended well is not started again, and one that has died is', async () => {
  const died: string[] = [];
  const program = (code: number) => ({ program: process.execPath, args: ['-e', `process.exit(${code})`] });
  const exits = { well: [0], badly: [3, 0] };
  const supervisor = superviseWorkers(
    ['well', 'badly'],
    (name) => program(exits[name as keyof typeof exits].shift() ?? 9),
    { onStarted: () => {}, onDied: (name, how) => died.push(`${name}: ${how}`) },
    { endsByItself: true },
  );
  await supervisor.ended;
  expect(died).toEqual(['badly: exit code 3']);
});

test('a program that cannot be started is told of, and stopping ends the pause', async () => {
  const { promise: died, resolve } = Promise.withResolvers<string>();
  const supervisor = superviseWorkers(['worker-1'], () => ({ program: '/no/such/program', args: [] }), {
    onStarted: () => {},
    onDied: (_name, how) => resolve(how),
  });
  expect(await died).toContain('ENOENT');
  supervisor.stop();
  await supervisor.ended;
});

import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Running, Sluice } from './support/sluice.ts';

const PROJECT = fileURLToPath(new URL('./fixtures/project', import.meta.url));

let sluice: Sluice;
let worker: Running;

beforeAll(async () => {
  const started = await startCommand({ settings: { sweep_seconds: '1' }, env: { SLUICE_BEAT_SECONDS: '1' } });
  ({ sluice } = started);
  await sluice.run(['setup']);
  await sluice.run(['deploy'], { cwd: PROJECT });
  worker = sluice.start(['worker', 'start', '--name', 'solo', '--limit', '4']);
  await worker.until(/solo: online/);
  return async () => {
    worker.signal('SIGKILL');
    await worker.ended;
    await started.stop();
  };
});

const idOf = (text: string) => /\(([0-9a-f-]{36})\)/.exec(text)?.[1] ?? '';

test('a run that fails ends its watch with exit code 1; the run itself is the JSON on standard output', async () => {
  const { code, stdout, stderr } = await sluice.run(['deployment', 'run', 'greet/greet-deployment', '--param', 'fail=true', '--watch', '-o', 'json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ state_type: 'FAILED', parameters: { fail: true }, worker_name: 'solo' });
  expect(stderr).toMatch(/STATE {4}\| Running\n.*hello nobody\n.*Failed: I was told to fail\.\n/s);
});

test('a run that loses its process ends its watch with exit code 6', async () => {
  const { code, stdout } = await sluice.run(['deployment', 'run', 'crash-deployment', '--watch']);
  expect(stdout).toMatch(/Crashed: Its process exited with code 3\.\n.*is Crashed/s);
  expect(code).toBe(6);
});

test('a run that has failed is run again', async () => {
  const { stdout } = await sluice.run(['deployment', 'run', 'greet-deployment', '--params', '-', '--flow-run-name', 'again', '--watch'], {
    input: '{"fail": true}',
  });
  expect(stdout).toContain("Flow run 'again' is Failed");
  const retry = await sluice.run(['flow-run', 'retry', 'again', '--watch']);
  expect(retry.stdout).toMatch(/^'again' is scheduled again\.\n.*AwaitingRetry: Run again by sluice flow-run retry\.\n.*is Failed/s);
  expect(retry.code).toBe(1);
});

test('a run is done again from a task on, which may be named by its task, also when it is COMPLETED', async () => {
  await sluice.run(['deployment', 'run', 'greet-deployment', '--flow-run-name', 'from-say', '--watch']);
  const retry = await sluice.run(['flow-run', 'retry', 'from-say']);
  expect(retry).toMatchObject({ code: 1, stderr: expect.stringContaining('With --from <task> it is done again from that task on.') });
  const wrong = await sluice.run(['flow-run', 'retry', 'from-say', '--from', 'says']);
  expect(wrong).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(`There is no task run of flow run 'from-say' "says".\nDid you mean "say"`),
  });
  const again = await sluice.run(['flow-run', 'retry', 'from-say', '--from', 'say', '--watch']);
  expect(again.stdout).toMatch(/^'from-say' is scheduled again, from 'say-\S+' on\. The results of 1 task run were thrown away\.\n/);
  expect(again.stdout).toMatch(/Restarted from task run 'say-.*hello nobody.*is Completed/s);
  expect(again.code).toBe(0);
});

test('a parameter that the deployment does not take is told, and starts nothing', async () => {
  const { code, stderr } = await sluice.run(['deployment', 'run', 'greet/greet-deployment', '--param', 'name']);
  expect(stderr).toContain('"name" is not of the form name=value.');
  expect(code).toBe(2);
  const json = await sluice.run(['deployment', 'run', 'greet/greet-deployment', '--params', '[1]']);
  expect(json).toMatchObject({ code: 2, stderr: expect.stringContaining('--params is not a JSON object.') });
});

test('an unknown deployment is told with the nearest names', async () => {
  const { code, stderr } = await sluice.run(['deployment', 'run', 'greet/greet-deploymnt']);
  expect(stderr).toContain('Did you mean "greet/greet-deployment"?');
  expect(code).toBe(3);
});

test('Ctrl+C leaves a watched run alone and says how to cancel it; cancelled, its watch ends with exit code 7', async () => {
  const watching = sluice.start(['deployment', 'run', 'linger/linger-deployment', '--watch']);
  const id = idOf(await watching.until(/lingering/));
  watching.signal('SIGINT');
  const detached = await watching.ended;
  expect(detached.code).toBe(130);
  expect(detached.stderr).toContain(`Cancel it with: sluice flow-run cancel ${id}`);

  const late = await sluice.run(['flow-run', 'watch', id, '--timeout', '1']);
  expect(late).toMatchObject({ code: 124, stderr: expect.stringContaining('has not ended within 1 s') });

  const again = sluice.start(['flow-run', 'watch', id]);
  await again.until(/lingering/);
  expect(await sluice.run(['flow-run', 'cancel', id])).toMatchObject({ code: 0, stdout: expect.stringContaining('is stopping') });
  expect(await again.ended).toMatchObject({ code: 7, stdout: expect.stringMatching(/Cancelling.*is Cancelled after/s) });
});

test('the lines of a run are followed as they come, to its end', async () => {
  const { stdout } = await sluice.run(['deployment', 'run', 'linger/linger-deployment']);
  const id = idOf(stdout);
  const following = sluice.start(['flow-run', 'logs', id, '--follow']);
  await following.until(/lingering/);
  await sluice.run(['flow-run', 'cancel', id]);
  const { code, stdout: lines } = await following.ended;
  expect(code).toBe(0);
  expect(lines.match(/lingering/g)).toHaveLength(1);
  expect(lines).not.toContain('STATE');
  expect(await sluice.run(['flow-run', 'logs', id, '--follow', '--tail', '-n', '1'])).toMatchObject({ code: 0 });
  const refused = await sluice.run(['flow-run', 'logs', id, '--follow', '--reverse']);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--reverse needs all lines') });
});

test('a run without a worker says so', async () => {
  await sluice.run(['work-pool', 'create', 'empty-pool']);
  await sluice.run(['deploy', '--pool', 'empty-pool'], { cwd: PROJECT });
  const { stdout, stderr, code } = await sluice.run(['deployment', 'run', 'greet/greet-deployment', '--start-in', '1h', '--tag', 'later']);
  expect(stderr).toContain('No worker is online in the work pool "empty-pool"');
  const inspect = await sluice.run(['flow-run', 'inspect', idOf(stdout)]);
  expect(inspect.stdout).toMatch(/State\tScheduled\n.*Tags\tlater\n/s);
  expect(code).toBe(0);
});

test('a worker for a pool that does not exist, or of another type, does not start', async () => {
  const unknown = await sluice.run(['worker', 'start', '--pool', 'defalt-pool', '--workers', '2']);
  expect(unknown).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('Did you mean "default-pool"?') });
  await sluice.run(['work-pool', 'create', 'k8s-pool', '--type', 'ecs']);
  const other = await sluice.run(['worker', 'start', '--pool', 'k8s-pool']);
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('is of type ecs; this worker runs process, docker, kubernetes.') });
});

test('a second Ctrl+C ends a worker that waits for its run, and the process of the run with it', async () => {
  await sluice.run(['deploy'], { cwd: PROJECT });
  const { stdout } = await sluice.run(['deployment', 'run', 'linger/linger-deployment']);
  const id = idOf(stdout);
  const watching = sluice.start(['flow-run', 'watch', id]);
  await watching.until(/lingering/);
  worker.signal('SIGINT');
  await worker.until(/finishing its flow runs; Ctrl\+C again ends it at once/);
  worker.signal('SIGINT');
  expect(await worker.ended).toMatchObject({ code: 130 });
  await sluice.run(['flow-run', 'cancel', id]);
  watching.signal('SIGINT');
  await watching.ended;
  const { stdout: record } = await sluice.run(['flow-run', 'inspect', id, '-o', 'json']);
  await processEnd(Number((JSON.parse(record) as { infrastructure_pid: string }).infrastructure_pid));
});

/** The worker's guard kills the process of a run; it does so in its own time. */
async function processEnd(pid: number): Promise<void> {
  const { setTimeout: pause } = await import('node:timers/promises');
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await pause(20);
  }
}

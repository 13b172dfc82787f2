import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { limitByCgroupV1 } from '../src/limits/cgroup-v1.ts';
import { limitByCgroupV2 } from '../src/limits/cgroup-v2.ts';
import { limitByWatching } from '../src/limits/watching.ts';
import { takesMemory, tellsProcess } from './fixtures/worker-flows.ts';

const children: ChildProcess[] = [];

/** A process group that takes memory outside of its heap, 20 MB every 20 ms, after it has been told to. */
function startTaker(): { pid: number; take(): void; exited: Promise<unknown[]> } {
  const code = "process.stdin.once('data', () => setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 20)); const kept = [];";
  const child = spawn(process.execPath, ['-e', code], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  return { pid: child.pid ?? 0, take: () => void child.stdin.write('go'), exited: once(child, 'exit') };
}

afterEach(() => {
  for (const { pid, exitCode, signalCode } of children.splice(0)) if (pid && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
});

describe('on a worker', () => {
  let lab: Lab;
  let pool: string;
  let worker: LabWorker;

  beforeAll(async () => {
    lab = await startLab(inject('postgres'));
    pool = await lab.pool();
    worker = await lab.worker(pool);
  });
  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
    await lab.stop();
  });

  const linesOf = async ({ id }: FlowRun) => {
    const lines = await lab.client.request('POST /logs/filter', { body: { logs: { flow_run_id: { any_: [id] } } } });
    return lines.map(({ message }) => message);
  };

  test.each([
    ['buffers', false],
    ['its heap', true],
  ])('a run that wants 600 MB with 256, in %s, is CRASHED at once with the reason, and the worker lives', async (_where, inHeap) => {
    const name = await lab.deploy(pool, takesMemory, { name: `${pool}-${inHeap}`, memory: 256 });
    const run = await lab.run(name, { mb: 600, inHeap });
    expect(run).toMatchObject({
      state_type: 'CRASHED',
      epoch: 1,
      crash_count: 1,
      state: { message: 'Its process needed more than its 256 MB of memory.' },
    });
    expect(lab.marks(run.id)).toHaveLength(1);
    expect((await lab.run(name, { mb: 10 })).state_type).toBe('COMPLETED');
  });

  test('its limits, and who holds them, stand in the log, and its heap is a share of its memory', async () => {
    const run = await lab.run(await lab.deploy(pool, tellsProcess, { memory: 300, cpu: 1 }));
    expect(await linesOf(run)).toEqual([expect.stringMatching(/^Limits of the process: memory 300 MB by .*, .*processors.* by .*\.$/)]);
    expect(await lab.result(run)).toMatchObject({ memory: ['--max-old-space-size=180'] });
  });
});

describe('limits by watching', () => {
  test('kill a group that takes more, and say that this is the best they can', async () => {
    const { pid, take, exited } = startTaker();
    const limits = await limitByWatching(pid, { memoryMb: 150, cpu: 1 });
    expect(limits?.how).toMatch(/^memory 150 MB by watching it \(best effort\), processors \d+ by affinity \(best effort\)$/);
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/Cpus_allowed_list:\s\d+\n/);
    take();
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(await limits?.ranOutOfMemory()).toBe(true);
    await limits?.release();
  });

  test('leave a group alone that stays below', async () => {
    const { pid } = startTaker();
    const limits = await limitByWatching(pid, { memoryMb: 2000, cpu: undefined });
    expect(await limits?.ranOutOfMemory()).toBe(false);
    await limits?.release();
  });
});

const canWriteCgroups = (() => {
  try {
    accessSync('/sys/fs/cgroup/memory/cgroup.procs', constants.W_OK);
    return true;
  } catch {
    return false;
  }
})();

describe('limits by control groups', () => {
  test.skipIf(!canWriteCgroups)('of version 1 kill a group that takes more, and leave nothing behind', async () => {
    const { pid, take, exited } = startTaker();
    const limits = await limitByCgroupV1()(pid, { memoryMb: 150, cpu: 0.5 });
    expect(limits?.how).toBe('memory 150 MB by cgroup v1, 0.5 processors by cgroup v1');
    expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toMatch(/memory:.*\/sluice-\d+-\d+\n/);
    take();
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(await limits?.ranOutOfMemory()).toBe(true);
    await limits?.release();
    expect(readdirSync('/sys/fs/cgroup/memory').filter((name) => name.startsWith(`sluice-${process.pid}-`))).toEqual([]);
  });

  describe('of version 2', () => {
    let root: string;

    /** Files as the kernel shows them in a group that was delegated. */
    const tree = (controllers: string) => {
      root = mkdtempSync(join(tmpdir(), 'sluice-cgroup-'));
      mkdirSync(join(root, 'delegated'));
      writeFileSync(join(root, 'delegated', 'cgroup.controllers'), `${controllers}\n`);
      writeFileSync(join(root, 'self'), '0::/delegated\n');
      return { limit: limitByCgroupV2(root, join(root, 'self')), read: (file: string) => readFileSync(join(root, 'delegated', file), 'utf8') };
    };
    afterEach(() => rmSync(root, { recursive: true }));

    test('set memory without swap and processors, for the group of the run', async () => {
      const { limit, read } = tree('cpu memory pids');
      const limits = await limit(4711, { memoryMb: 256, cpu: 1.5 });
      expect(limits).toMatchObject({ memoryMb: 256, how: 'memory 256 MB, 1.5 processors by cgroup v2' });
      expect(read('cgroup.subtree_control')).toBe('+memory +cpu');
      expect(read(`sluice-worker-${process.pid}/cgroup.procs`)).toBe(String(process.pid)); // a group that has groups holds no process itself
      const [group] = readdirSync(join(root, 'delegated')).filter((name) => /^sluice-\d+-\d+$/.test(name));
      const files = ['memory.max', 'memory.swap.max', 'memory.oom.group', 'cpu.max', 'cgroup.procs'];
      expect(files.map((file) => read(`${group}/${file}`))).toEqual(['268435456', '0', '1', '150000 100000', '4711']);

      writeFileSync(join(root, 'delegated', `${group}`, 'memory.events'), 'low 0\nhigh 0\nmax 9\noom 1\noom_kill 0\noom_group_kill 0\n');
      expect(await limits?.ranOutOfMemory()).toBe(false);
      writeFileSync(join(root, 'delegated', `${group}`, 'memory.events'), 'low 0\nhigh 0\nmax 9\noom 1\noom_kill 2\noom_group_kill 1\n');
      expect(await limits?.ranOutOfMemory()).toBe(true);
    });

    test('are left to others where the controllers are not delegated', async () => {
      const { limit } = tree('pids');
      expect(await limit(4711, { memoryMb: 256, cpu: undefined })).toBeUndefined();
    });
  });
});

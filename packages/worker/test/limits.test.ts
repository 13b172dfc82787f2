import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { limitByCgroupV1 } from '../src/infrastructure/process/limits/cgroup-v1.ts';
import { limitByCgroupV2 } from '../src/infrastructure/process/limits/cgroup-v2.ts';
import { createRunLimiter } from '../src/infrastructure/process/limits/limit-run.ts';
import { limitByWatching } from '../src/infrastructure/process/limits/watching.ts';
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
    expect(await lab.result(run)).toMatchObject({ memory: expect.arrayContaining(['--max-old-space-size=180']) });
  });
});

describe('limits by watching', () => {
  test('kill a group that takes more, and say that this is the best they can', async () => {
    const { pid, take, exited } = startTaker();
    const limits = await limitByWatching(pid, { memoryMb: 150, cpu: 1 });
    expect(limits.how).toMatch(/^memory 150 MB by watching it \(best effort\), processors \d+ by affinity \(best effort\)$/);
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/Cpus_allowed_list:\s\d+\n/);
    take();
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(await limits.ranOutOfMemory()).toBe(true);
    await limits.release();
  });

  test('leave a group alone that stays below', async () => {
    const { pid } = startTaker();
    const limits = await limitByWatching(pid, { memoryMb: 2000, cpu: undefined });
    expect(await limits.ranOutOfMemory()).toBe(false);
    await limits.release();
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
    if (typeof limits === 'string') throw new Error(limits);
    expect(limits.how).toBe('memory 150 MB by cgroup v1, 0.5 processors by cgroup v1');
    expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toMatch(/memory:.*\/sluice-\d+-\d+\n/);
    take();
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(await limits.ranOutOfMemory()).toBe(true);
    await limits.release();
    expect(readdirSync('/sys/fs/cgroup/memory').filter((name) => name.startsWith(`sluice-${process.pid}-`))).toEqual([]);
  });

  describe('of version 2, on a tree of files in which this stands for the kernel,', () => {
    let root: string;
    let kernel: ReturnType<typeof startKernel>;

    /** The group of a systemd service with `Delegate=yes`, and the rule that a group with limits for others may hold no processes. */
    const startKernel = ({ controllers = 'cpu memory pids', unit = 'sluice.service', pids = [process.pid] } = {}) => {
      const base = join(root, unit);
      const procs = (group = base) => readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
      mkdirSync(base);
      writeFileSync(join(base, 'cgroup.controllers'), `${controllers}\n`);
      writeFileSync(join(base, 'cgroup.procs'), pids.map((pid) => `${pid}\n`).join(''));
      const self = join(root, 'self');
      writeFileSync(self, `0::/${unit}\n`);
      const started: number[] = [];
      const gone: number[] = [];
      const write = async (file: string, text: string) => {
        if (file === join(base, 'cgroup.subtree_control') && procs().length > 0) throw failure('EBUSY', 'device or resource busy');
        if (file.endsWith('cgroup.procs')) {
          if (gone.includes(Number(text))) throw failure('ESRCH', 'no such process');
          writeFileSync(
            join(base, 'cgroup.procs'),
            [...procs().filter((pid) => `${pid}` !== text), ...started.splice(0)].map((pid) => `${pid}\n`).join(''),
          );
          if (text === `${process.pid}`) writeFileSync(self, `0::/${unit}${dirname(file).slice(base.length)}\n`);
        }
        writeFileSync(file, `${text}\n`, { flag: file.endsWith('cgroup.procs') ? 'a' : 'w' });
      };
      return { base, procs, started, gone, limiter: () => limitByCgroupV2(root, self, write) };
    };
    const failure = (code: string, text: string) => Object.assign(new Error(`${code}: ${text}`), { code });
    const groupsOf = (base: string) => readdirSync(base).filter((name) => /^sluice-\d+-\d+$/.test(name));
    const readControl = (base: string) => readFileSync(join(base, 'cgroup.subtree_control'), 'utf8');

    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'sluice-cgroup-'));
    });
    afterEach(() => rmSync(root, { recursive: true }));

    test('set memory without swap and processors, for the group of the run', async () => {
      kernel = startKernel();
      const limits = await kernel.limiter()(4711, { memoryMb: 256, cpu: 1.5 });
      expect(limits).toMatchObject({ memoryMb: 256, how: 'memory 256 MB, 1.5 processors by cgroup v2' });
      if (typeof limits === 'string') throw new Error(limits);
      expect(readControl(kernel.base)).toBe('+memory +cpu\n');
      const [group] = groupsOf(kernel.base);
      const files = ['memory.max', 'memory.swap.max', 'memory.oom.group', 'cpu.max', 'cgroup.procs'];
      expect(files.map((file) => readFileSync(join(kernel.base, `${group}`, file), 'utf8'))).toEqual([
        '268435456',
        '0',
        '1',
        '150000 100000',
        '4711',
      ]);

      const tell = (kills: number) => writeFileSync(join(kernel.base, `${group}`, 'memory.events'), `oom 1\noom_kill ${kills}\noom_group_kill 0\n`);
      tell(0);
      expect(await limits.ranOutOfMemory()).toBe(false);
      tell(2);
      expect(await limits.ranOutOfMemory()).toBe(true);
    });

    test('move guard, warm processes and supervisor out of the way too, also one that is started meanwhile, and leave alone who has ended', async () => {
      kernel = startKernel({ pids: [11, process.pid, 12, 13] });
      kernel.started.push(14);
      kernel.gone.push(12);
      const limiting = kernel.limiter()(4711, { memoryMb: 256, cpu: undefined });
      await vi.waitFor(() => expect(kernel.procs()).toEqual([12]));
      writeFileSync(join(kernel.base, 'cgroup.procs'), ''); // the kernel has buried it
      expect(await limiting).toMatchObject({ how: 'memory 256 MB by cgroup v2' });
      expect(kernel.procs(join(kernel.base, 'sluice-worker')).toSorted((a, b) => a - b)).toEqual([11, 13, 14, process.pid].toSorted((a, b) => a - b));
    });

    test('put the groups of all runs side by side, also those of another worker that the first one has moved', async () => {
      kernel = startKernel();
      const first = kernel.limiter();
      await first(4711, { memoryMb: 256, cpu: undefined });
      await first(4712, { memoryMb: 256, cpu: undefined });
      await kernel.limiter()(4713, { memoryMb: 256, cpu: undefined });
      expect(groupsOf(kernel.base)).toHaveLength(3);
      expect(readdirSync(join(kernel.base, 'sluice-worker'))).toEqual(['cgroup.procs']);
    });

    test.each([
      ['the controllers are not delegated', { controllers: 'pids' }, 'cgroup v2: the controllers memory and cpu are not delegated to this group'],
      ['others sit in the group too', { unit: 'session-3.scope' }, 'cgroup v2: this is the scope of a session or a terminal, not a service'],
    ])('leave it to others, and say why, where %s', async (_where, given, why) => {
      kernel = startKernel(given);
      expect(await kernel.limiter()(4711, { memoryMb: 256, cpu: undefined })).toBe(why);
      expect(kernel.procs()).toEqual([process.pid]);
    });

    test('leave it to others where a process stays in the group whatever is done', async () => {
      kernel = startKernel({ pids: [11] });
      kernel.gone.push(11);
      expect(await kernel.limiter()(4711, { memoryMb: 256, cpu: undefined })).toBe('cgroup v2: EBUSY: device or resource busy');
    });
  });
});

test('when limits are only watched, the worker says so once, with the reasons', async () => {
  const { pid } = startTaker();
  const notes: string[] = [];
  const limitRun = createRunLimiter(
    (note) => notes.push(note),
    [async () => 'cgroup v2: there is none', async () => 'cgroup v1: EROFS', limitByWatching],
  );
  for (let run = 0; run < 2; run++) await (await limitRun(pid, { memoryMb: 2000, cpu: undefined }))?.release();
  expect(notes).toEqual(['Limits of flow runs are kept by watching their processes, not by the kernel. cgroup v2: there is none; cgroup v1: EROFS.']);
});

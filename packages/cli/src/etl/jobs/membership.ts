import { setTimeout as pause } from 'node:timers/promises';
import { isRunning } from '@sluice/home/processes';
import { readServerFile } from '@sluice/server/home';
import { stopServer } from '../../home/stop-server.ts';
import { forgetKeptWorkers } from '../kept-workers.ts';
import { type JobNote, noteStarted, readJobs, readStarted, removeJob, writeJob } from './notes.ts';
import { isSame, processOf, thisProcess } from './process-id.ts';
import { forgetSources } from './sources.ts';
import { inTurn } from './turn.ts';

interface Options {
  readonly home: string;
  /** Whether it runs on the home's own server. */
  readonly shared: boolean;
  /** What it starts is to outlive it. */
  readonly keep: boolean;
  readonly say: (text: string) => void;
}

/** What a job knows of the other jobs of its home. */
export interface Membership {
  /** Flow runs of jobs that were killed, and that go on without anybody. */
  readonly left: readonly string[];
  /** Jobs that run beside it, on the same server. */
  others(): Promise<readonly JobNote[]>;
  note(change: Partial<Pick<JobNote, 'source' | 'warehouse' | 'demo' | 'flow_run'>>): Promise<void>;
  /** Notes what it has started: the last job of the home stops it. */
  started(what: 'server' | 'workers', pid: number): Promise<void>;
  /** Leaves; the last one out stops what was started. Called again it waits for the first call. */
  leave(): Promise<void>;
  /** The same, but no run is let finish. */
  leaveNow(): Promise<void>;
}

/** Makes this process known as a job of the home. Called in turn. */
export async function joinHome({ home, shared, keep, say }: Options): Promise<Membership> {
  const me = await thisProcess();
  const left = await adoptLeft(home, say);
  let mine: JobNote = { ...me, shared, source: null, demo: null, flow_run: null };
  await writeJob(home, mine);
  if (keep && shared) await keepAll(home);
  const others = async () => (await readJobs(home)).live.filter((job) => job.shared && shared && !isSame(job, me));
  const workers = createStop(home);
  let hurry = false;
  let leaving: Promise<void> | undefined;
  const leave = () => {
    leaving ??= inTurn(home, {}, async () => {
      const staying = await others();
      await removeJob(home, me);
      if (staying.length === 0) await stopStarted(home, () => workers.stop(hurry));
      else say(`Server and workers stay up for the ${staying.length === 1 ? 'other job' : 'other jobs'} of this home (${processes(staying)}).`);
      await forgetSources(home, [mine, ...(staying.length === 0 ? (await readJobs(home)).dead : [])]);
    });
    return leaving;
  };
  return {
    left,
    others,
    note: async (change) => {
      mine = { ...mine, ...change };
      await writeJob(home, mine);
    },
    started: async (what, pid) => noteStarted(home, { [what]: { ...(await processOf(pid)), kept: keep } }),
    leave,
    leaveNow: async () => {
      hurry = true;
      const left = leave();
      if ((await others()).length === 0) await workers.stop(true);
      await left;
    },
  };
}

const processes = (jobs: readonly JobNote[]) => jobs.map(({ pid }) => `process ${pid}`).join(', ');

/** A job that was killed has left its server and workers up: they are as good as new ones, and go when this job goes. */
async function adoptLeft(home: string, say: (text: string) => void): Promise<string[]> {
  const { live, dead } = await readJobs(home);
  if (live.length > 0 || dead.length === 0) return [];
  const { server, workers } = await readStarted(home);
  const left = [server && !server.kept && `its server (process ${server.pid})`, workers && !workers.kept && `its workers (process ${workers.pid})`];
  const words = left.filter(Boolean).join(' and ');
  if (words) say(`A job of this home was killed and left ${words} running. It is cancelled; this job uses them, and stops them at its end.`);
  else await forgetSources(home, dead);
  return dead.flatMap(({ flow_run }) => flow_run ?? []);
}

async function keepAll(home: string): Promise<void> {
  const { server, workers } = await readStarted(home);
  await noteStarted(home, { server: server && { ...server, kept: true }, workers: workers && { ...workers, kept: true } });
}

async function stopStarted(home: string, stopWorkers: () => Promise<void>): Promise<void> {
  await stopWorkers();
  const { server } = await readStarted(home);
  const running = await readServerFile(home);
  if (server && !server.kept && running && isSame(server, running)) await stopServer(home);
  await noteStarted(home, {});
}

const LOOK_MS = 50;

/** Stops the workers that jobs have started, and are not to be kept: asked once they finish their runs, asked twice they end them. */
function createStop(home: string): { stop(hurry: boolean): Promise<void> } {
  let asked = 0;
  return {
    stop: async (hurry) => {
      const { workers } = await readStarted(home);
      if (!workers || workers.kept) return;
      // Another signal the second time: of two that are the same one may get lost.
      for (; asked < (hurry ? 2 : 1); asked++) signal(workers.pid, asked === 0 ? 'SIGTERM' : 'SIGINT');
      while (isRunning(workers.pid)) await pause(LOOK_MS);
      await forgetKeptWorkers(home, workers.pid);
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

import { startTimer, type Timer } from '@sluice/client';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { WorkPool } from '@sluice/core/model/work-pool';
import type { DockerJob } from '@sluice/core/process/docker-template';
import { placeEnvironment, RUN_CLAIM } from '../../claim/place-environment.ts';
import { pause } from '../../pause.ts';
import type { PlaceOptions } from '../../worker-options.ts';
import { LEAVES_MS, type Left, type Place, type RunOrder, type StopReason } from '../infrastructure.ts';
import { apiUrlFor, containerBody } from './container-body.ts';
import type { Containers } from './containers.ts';
import { troubleOf } from './faults.ts';
import { ensureImage } from './images.ts';
import { LABELS, nameOf } from './labels.ts';
import { readEnd } from './read-end.ts';
import { readJob } from './read-job.ts';

interface Deps {
  readonly options: PlaceOptions;
  readonly containers: Containers;
  /** Containers that a worker's places follow are no other's concern. */
  readonly followed: Set<string>;
  readonly readPool: () => Promise<WorkPool>;
}

const AGAIN_MS = 1000;
const LINES = 50;
/** The program in the container ends a run that does not stop by itself; this worker does when that does not. */
const LATER_MS = 3000;

const DRAIN_MS = 2000;

const MEGABYTE = 2 ** 20;

/** A run in a container of its own. The program there keeps the run's lease, its cancellation and its deadlines itself. */
export class DockerPlace implements Place {
  readonly ended: Promise<Left>;
  readonly #order: RunOrder;
  readonly #deps: Deps;
  readonly #stopped = new AbortController();
  #id: string | undefined;
  #hasBegun = false;
  #isOutOfGrace = false;
  #grace: Timer | undefined;
  #leaving: Timer | undefined;
  #draining: NodeJS.Timeout | undefined;

  constructor(order: RunOrder, deps: Deps) {
    this.#order = order;
    this.#deps = deps;
    this.ended = this.#live();
  }

  stop(reason: StopReason): void {
    if (!this.#hasBegun) {
      this.#destroy(); // it has nothing to clean up
      return;
    }
    // A cancellation is the server's to tell, who is asked at once then; told to stop, the program would hand the run back.
    this.#signal(reason === 'WorkerShutdown' ? 'SIGTERM' : 'SIGCONT');
    this.#grace ??= startTimer(this.#deps.options.graceSeconds * 1000 + LATER_MS, () => {
      this.#isOutOfGrace = true;
      this.#destroy();
    });
  }

  drain(): void {
    if (!this.#hasBegun) {
      this.#order.onAsleep();
      return;
    }
    this.#signal('SIGUSR2');
    // A program that starts just now does not hear it yet.
    this.#draining ??= setInterval(() => this.#signal('SIGUSR2'), DRAIN_MS);
  }

  /** A program that has lost its lease ends by itself: it may have done its run just now, and be on its way out with its last lines. */
  kill(): void {
    if (this.#hasBegun) this.#leaving ??= startTimer(LEAVES_MS, () => this.#destroy());
    else this.#destroy();
  }

  #destroy(): void {
    this.#stopped.abort();
    this.#signal('SIGKILL');
  }

  prolong(): void {} // the program's own thread keeps the lease

  stalledSeconds(): undefined {}

  #signal(signal: NodeJS.Signals): void {
    if (this.#id !== undefined) void this.#deps.containers.signal(this.#id, signal).catch(() => {});
  }

  async #live(): Promise<Left> {
    const { containers, followed } = this.#deps;
    let job: DockerJob | undefined;
    try {
      job = await this.#make();
      if (!this.#id || this.#stopped.signal.aborted) return { type: 'unused' };
      await containers.start(this.#id);
      this.#hasBegun = true;
      if (this.#stopped.signal.aborted) this.#destroy(); // it was not there yet to be killed
      return await this.#follow(this.#id, job);
    } catch (error) {
      if (this.#stopped.signal.aborted) return { type: 'unused' };
      return { type: 'unused', trouble: troubleOf(error, containers.engine.name) };
    } finally {
      this.#grace?.stop();
      this.#leaving?.stop();
      clearInterval(this.#draining);
      await this.#remove(job);
      if (this.#id) followed.delete(this.#id);
    }
  }

  async #make(): Promise<DockerJob> {
    const { options, containers, followed, readPool } = this.#deps;
    const { claimed, variables, tellLog } = this.#order;
    const pool = await readPool();
    const job = readJob(pool.base_job_template, claimed, variables);
    await ensureImage(containers.engine, job, this.#stopped.signal, (note) => void tellLog('info', note));
    const env = {
      ...job.env,
      ...placeEnvironment(this.#order, options, { apiUrl: job.env['SLUICE_API_URL'] ?? apiUrlFor(job, options.api.api_url) }),
    };
    const labels = {
      ...job.labels,
      [LABELS.workPool]: pool.id,
      [LABELS.worker]: options.name,
      [LABELS.flow]: claimed.flow_name,
      [LABELS.flowRun]: claimed.flow_run.id,
      [LABELS.epoch]: String(claimed.epoch),
      ...(!job.auto_remove && { [LABELS.kept]: 'true' }),
    };
    const name = nameOf(claimed, job.name);
    this.#id = await containers.create(name, containerBody({ job, env, labels, command: RUN_CLAIM }));
    followed.add(this.#id);
    for (const network of job.networks.slice(1)) await containers.connect(this.#id, network);
    void tellLog('info', `Runs in container ${name}, of the image ${job.image}${limitsOf(job)}.`);
    return job;
  }

  /** To its end; the engine may be started anew meanwhile, and the container may live through that or not. */
  async #follow(id: string, job: DockerJob): Promise<Left> {
    const { containers } = this.#deps;
    const isOutOfGrace = () => this.#isOutOfGrace;
    for (;;) {
      try {
        await containers.wait(id);
        const state = await containers.state(id);
        if (!state) return { type: 'gone', message: 'Its container was removed by somebody.', isFinal: false, log: [], isOutOfGrace: isOutOfGrace() };
        if (!state.Running) {
          const end = readEnd(state, job.mem_limit ? Math.round(job.mem_limit / MEGABYTE) : undefined);
          if ('type' in end) return end;
          const printed = (await containers.log(id, LINES)).trimEnd();
          const log = printed ? [`Its last output:\n${printed}`] : [];
          return { type: 'gone', ...end, log, isOutOfGrace: isOutOfGrace() };
        }
      } catch (error) {
        // The program keeps its lease itself: the run goes on while nobody can tell how it does.
        const message = `The container engine does not answer: ${messageOf(error)}.`;
        if (this.#stopped.signal.aborted) return { type: 'gone', message, isFinal: false, log: [], isOutOfGrace: isOutOfGrace() };
      }
      await pause(AGAIN_MS);
    }
  }

  async #remove(job: DockerJob | undefined): Promise<void> {
    if (this.#id === undefined || (this.#hasBegun && job && !job.auto_remove)) return;
    await this.#deps.containers.remove(this.#id).catch(() => {}); // the sweep of any worker of the pool does it
  }
}

function limitsOf({ mem_limit, cpu_limit }: DockerJob): string {
  const parts = [mem_limit && `memory ${Math.round(mem_limit / MEGABYTE)} MB`, cpu_limit && `${cpu_limit} processors`].filter(Boolean);
  return parts.length === 0 ? '' : `; limits: ${parts.join(', ')}`;
}

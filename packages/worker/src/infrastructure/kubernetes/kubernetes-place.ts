import { startTimer, type Timer } from '@sluice/client';
import type { WorkPool } from '@sluice/core/model/work-pool';
import type { KubernetesJob } from '@sluice/core/process/kubernetes-template';
import type { PlaceOptions } from '../../worker-options.ts';
import { LEAVES_MS, type Left, type Place, type RunOrder, type StopReason } from '../infrastructure.ts';
import type { Cluster } from './cluster.ts';
import { Refusal, sentenceOf } from './cluster-api.ts';
import { containerOf, envOf, jobManifest } from './job-manifest.ts';
import { LABELS, labelValue, nameOf } from './labels.ts';
import type { Job, Pod } from './objects.ts';
import { programOf } from './program.ts';
import { readJob, Unmakeable } from './read-job.ts';
import { failureOf, type PodView, readPod } from './read-pod.ts';

interface Deps {
  readonly options: PlaceOptions;
  readonly cluster: Cluster;
  readonly readPool: () => Promise<WorkPool>;
}

/** The end of a pod that was told to end is waited for so long, beyond its grace time: its node may be gone. */
const GONE_MS = 30_000;

/** A pod says more of its end than its Job, and may be told of later. */
const POD_SAYS_MS = 2000;

/** What Kubernetes refuses and will refuse again: a manifest or a name that cannot be, a namespace that is not there. A quota or a right may change. */
const LASTING: readonly number[] = [400, 404, 422];

/** A run in a Job of its own. */
export class KubernetesPlace implements Place {
  readonly ended: Promise<Left>;
  readonly #order: RunOrder;
  readonly #deps: Deps;
  readonly #over = Promise.withResolvers<Left>();
  /** As soon as its Job is made. */
  #made: { readonly name: string; readonly namespace: string } | undefined;
  #job: KubernetesJob | undefined;
  #pod: Pod | undefined;
  #hasBegun = false;
  #isAsked = false;
  #isOutOfGrace = false;
  #told: string | undefined;
  #timers: Timer[] = [];

  constructor(order: RunOrder, deps: Deps) {
    this.#order = order;
    this.#deps = deps;
    this.ended = this.#live();
  }

  stop(_reason: StopReason): void {
    if (!this.#hasBegun) {
      this.kill(); // it has nothing to clean up
      return;
    }
    this.#isAsked = true;
    void this.#remove();
    this.#after(this.#deps.options.graceSeconds * 1000 + GONE_MS, () => {
      this.#isOutOfGrace = true;
      this.#destroy();
    });
  }

  /** A pod needs no worker: it goes on, and keeps its lease itself. */
  drain(): void {
    if (this.#hasBegun) this.#over.resolve({ type: 'kept' });
    else this.#order.onAsleep();
  }

  /** A pod that has lost its lease ends by itself: it may have done its run just now, and be on its way out. */
  kill(): void {
    if (this.#hasBegun) this.#after(LEAVES_MS, () => this.#destroy());
    else this.#destroy();
  }

  #destroy(): void {
    this.#isAsked = true;
    void this.#remove();
    if (this.#pod) void this.#deps.cluster.killPod(this.#pod.metadata).catch(() => {}); // with its Job it goes too
    if (this.#made && this.#pod) this.#after(GONE_MS, () => void this.#leave('Its pod was deleted, and its node has not said that it is gone.'));
    else this.#over.resolve({ type: 'unused' });
  }

  prolong(): void {} // the program's own thread keeps the lease

  stalledSeconds(): undefined {}

  async #live(): Promise<Left> {
    let unfollow = () => {};
    try {
      unfollow = await this.#make();
      return await this.#over.promise;
    } catch (error) {
      return { type: 'unused', trouble: troubleOf(error) };
    } finally {
      unfollow();
      for (const timer of this.#timers) timer.stop();
    }
  }

  async #make(): Promise<() => void> {
    const { cluster, options, readPool } = this.#deps;
    const { claimed, variables, tellLog } = this.#order;
    const { flow_run, epoch, flow_name } = claimed;
    const pool = await readPool();
    const job = readJob(pool.base_job_template, claimed, variables);
    this.#job = job;
    const at = { name: nameOf(claimed, job.name), namespace: job.namespace ?? (await cluster.namespace()) };
    const { command, env, secret } = programOf(this.#order, options, envOf(job));
    const labels = {
      [LABELS.managedBy]: 'sluice',
      [LABELS.workPool]: pool.id,
      [LABELS.worker]: cluster.id,
      [LABELS.flow]: labelValue(flow_name),
      [LABELS.flowRun]: flow_run.id,
      [LABELS.epoch]: String(epoch),
    };
    const isSecret = Object.keys(secret).length > 0;
    const manifest = jobManifest({ job, ...at, labels, command, env, secret: isSecret ? at.name : undefined, graceSeconds: options.graceSeconds });
    const unfollow = await cluster.follow(at, {
      onJob: (now, isGone) => this.#seeJob(now, isGone),
      onPod: (now, isGone) => this.#seePod(now, isGone),
    });
    try {
      if (this.#isAsked) throw new Unmakeable('It was stopped.');
      const made = await cluster.createJob(at.namespace, manifest);
      this.#made = at;
      // Its pod waits for it, some milliseconds.
      if (isSecret) await cluster.createSecret(made, labels, secret);
    } catch (error) {
      unfollow();
      // Otherwise the next try finds it; and if there is none, the sweep.
      if (isLasting(error)) await this.#remove();
      throw error;
    }
    if (this.#isAsked) this.#destroy(); // it was asked while it was made
    void tellLog('info', `Runs as Job ${at.namespace}/${at.name}.`);
    const { job_watch_timeout_seconds: most } = job;
    if (most) this.#after(most * 1000, () => this.#endOverdue(most));
    this.#after(job.pod_watch_timeout_seconds * 1000, () => void this.#giveUpStart(job.pod_watch_timeout_seconds));
    return unfollow;
  }

  #seePod(pod: Pod, isGone: boolean): void {
    const isFirst = this.#pod === undefined;
    this.#pod = pod;
    if (isFirst && this.#isAsked) this.#destroy();
    const view = readPod(pod, this.#job ? containerOf(this.#job) : 'flow');
    if (view.type === 'ended') void this.#end(view);
    else if (isGone) void this.#leave('Its pod was deleted.');
    else if (view.type === 'running') this.#hasBegun = true;
    else if (view.why !== undefined) this.#tellWaiting(view.why, view.isHopeless);
  }

  #seeJob(job: Job, isGone: boolean): void {
    if (this.#made && isGone && !this.#pod) void this.#leave('Its Job was deleted.');
    const failure = failureOf(job);
    if (failure) this.#after(POD_SAYS_MS, () => void this.#leave(failure));
  }

  /** Why it does not start is told while there is time to mend it. */
  #tellWaiting(why: string, isHopeless: boolean): void {
    if (why !== this.#told) void this.#order.tellLog('error', `Its pod has not started: ${why}`);
    this.#told = why;
    if (!isHopeless) return;
    this.#over.resolve({ type: 'gone', message: `Its pod cannot start: ${why}`, isFinal: true, log: [], isOutOfGrace: false });
    void this.#remove();
  }

  async #giveUpStart(seconds: number): Promise<void> {
    if (this.#hasBegun || !this.#made) return;
    const log = this.#pod ? [] : await this.#deps.cluster.warningsOf(this.#made);
    const why = this.#told ?? log[0] ?? (this.#pod ? 'Kubernetes says nothing of it.' : 'Kubernetes has made none.');
    this.#over.resolve({ type: 'gone', message: `Its pod has not started within ${seconds} s: ${why}`, isFinal: false, log, isOutOfGrace: false });
    void this.#remove();
  }

  /** The server is told first: a pod that is stopped before would give its run back, and it would begin anew. */
  #endOverdue(seconds: number): void {
    this.#over.resolve({ type: 'overdue', message: `Its Job took longer than ${seconds} s.` });
    startTimer(POD_SAYS_MS, () => void this.#remove());
  }

  async #end({ left, code }: Extract<PodView, { type: 'ended' }>): Promise<void> {
    const isOutOfGrace = this.#isOutOfGrace || (this.#isAsked && code === KILLED);
    if (left.type === 'gone') return this.#leave(left.message, { ...left, isOutOfGrace });
    // A run that was asked to stop by its pod alone gives itself back; of one that is being cancelled the server takes no such word.
    if (this.#isAsked && left.state_type === 'SCHEDULED') return this.#leave('It was stopped.');
    this.#over.resolve(left);
  }

  async #leave(message: string, { isFinal = false, isOutOfGrace = this.#isOutOfGrace } = {}): Promise<void> {
    const { cluster } = this.#deps;
    const printed = this.#pod && !this.#isAsked && this.#job ? (await cluster.logOf(this.#pod.metadata, containerOf(this.#job))).trimEnd() : '';
    const log = printed ? [`Its last output:\n${printed}`] : [];
    this.#over.resolve({ type: 'gone', message, isFinal, log, isOutOfGrace });
  }

  /** What cannot be removed now is removed by the sweep of any worker of the pool. */
  async #remove(): Promise<void> {
    if (this.#made) await this.#deps.cluster.deleteJob(this.#made).catch(() => {});
  }

  #after(ms: number, act: () => void): void {
    this.#timers.push(startTimer(ms, act));
  }
}

/** The code of a container that was ended by SIGKILL. */
const KILLED = 137;

const isLasting = (error: unknown) => error instanceof Unmakeable || (error instanceof Refusal && LASTING.includes(error.status));

function troubleOf(error: unknown) {
  const message = error instanceof Refusal ? `Kubernetes refuses it: ${error.message}` : sentenceOf(error);
  return { message: `Its Job cannot be made: ${message}`, isLasting: isLasting(error) };
}

import { existsSync } from 'node:fs';
import { startTimer, type Timer } from '@sluice/client';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { JobVariables } from '../../job.ts';
import type { PlaceOptions } from '../../worker-options.ts';
import type { Left, LocalOrder, Place, StopReason } from '../infrastructure.ts';
import { aboutRun } from './about-run.ts';
import type { FlowProcess } from './flow-process.ts';
import type { LimitRun } from './limits/limit-run.ts';
import type { RunLimits } from './limits/run-limits.ts';
import type { Taken, WarmPool } from './warm-pool.ts';
import { whyItLeft } from './why-it-left.ts';

export interface ProcessDeps {
  readonly options: PlaceOptions;
  readonly warm: WarmPool;
  readonly limitRun: LimitRun;
}

/** A run in a process that stood ready for it, or that was started for it. */
export class ProcessPlace implements Place {
  readonly ended: Promise<Left>;
  readonly #order: LocalOrder;
  readonly #deps: ProcessDeps;
  /** While the run has it: it may be another run's afterwards. */
  #process: FlowProcess | undefined;
  #hasBegun = false;
  #grace: Timer | undefined;
  #isOutOfGrace = false;

  constructor(order: LocalOrder, deps: ProcessDeps) {
    this.#order = order;
    this.#deps = deps;
    this.ended = this.#live();
  }

  stop(reason: StopReason): void {
    if (!this.#hasBegun) {
      this.#killUnfinished(); // it has nothing to clean up
      return;
    }
    this.#process?.send({ type: 'cancel', reason });
    this.#grace = startTimer(this.#deps.options.graceSeconds * 1000, () => {
      this.#isOutOfGrace = true;
      this.#killUnfinished();
    });
  }

  drain(): void {
    if (this.#hasBegun) this.#process?.send({ type: 'drain' });
    else this.#order.onAsleep();
  }

  /**
   * One that gives its lease back itself may be about to hear that its run has ended, or to say what a suspended run asks for: the
   * guard ends it when the lease would have ended. What it said before its lease was over may be read after that.
   */
  kill(): void {
    setImmediate(() => {
      if (!this.#process?.isLeaving) this.#killUnfinished();
    });
  }

  /** One whose run has ended has hooks to call, within the grace time. */
  #killUnfinished(): void {
    if (this.#process?.finished === undefined) this.#process?.kill();
  }

  prolong(deadlineMs: number): void {
    if (this.#process?.finished === undefined) this.#process?.prolong(deadlineMs);
  }

  stalledSeconds(): number | undefined {
    return this.#hasBegun ? this.#process?.stalledSeconds() : undefined;
  }

  async #live(): Promise<Left> {
    const { code, variables, anew, onAsleep } = this.#order;
    let taken: Taken;
    try {
      taken = this.#deps.warm.take(code, { comesBack: comesBack(variables), anew });
    } catch (error) {
      return this.#unused(messageOf(error).split('\n')[0] ?? '');
    }
    this.#process = taken.process;
    taken.process.onAsleep = onAsleep;
    return this.#liveIn(taken);
  }

  async #liveIn({ process: child, anew }: Taken): Promise<Left> {
    const { options, warm, limitRun } = this.#deps;
    const { code, variables, tellLog } = this.#order;
    let limits: RunLimits | undefined;
    let isKept = false;
    const why = async () => {
      const { startSeconds } = options;
      const left = await whyItLeft(child, { exit: await child.exited, limits, heapMb: code.heapMb, startSeconds, isOutOfGrace: this.#isOutOfGrace });
      return { ...left, hooksOf: child.hooksOf(code.entrypoint) };
    };
    try {
      limits = await limitRun(child.pid, variables);
      // Which limits hold, and who holds them.
      if (limits) void tellLog('info', `Limits of the process: ${limits.how}.`);
      const end = await this.#give(child, anew);
      if ('rssMb' in end) {
        this.#leave(child);
        // At once: the next run may be here already.
        child.rest();
        isKept = warm.giveBack(code, child, end.rssMb);
        return { type: 'finished', state_type: child.finished ?? 'Completed' };
      }
      // A spare that did not get as far as to the run has met what was on disk before.
      if (child.stale || (!anew && child.loading > 0)) return { type: 'unused' };
      if (!child.isReady && !child.killed) return this.#unused(child.failure ?? lastLine(child.complaints));
      return await why();
    } catch (error) {
      child.failure ??= messageOf(error);
      child.kill();
      return await why();
    } finally {
      this.#leave(child);
      if (!isKept) {
        warm.lose(child);
        child.end();
      }
      await limits?.release();
    }
  }

  #unused(message: string): Left {
    return { type: 'unused', trouble: { message: `Its process cannot be started: ${message}`, isLasting: !existsSync(this.#order.code.path) } };
  }

  #leave(child: FlowProcess): void {
    this.#grace?.stop();
    this.#process = undefined;
    child.onAsleep = () => {};
  }

  /** Gives the run to its process, and waits for its end there. */
  #give(child: FlowProcess, anew: boolean): ReturnType<FlowProcess['run']> {
    const { options } = this.#deps;
    const { code, variables, tellLog } = this.#order;
    const isFirst = child.runs === 0;
    void child.load({ type: 'load', ...code, api_url: options.api.api_url }).then(() => {
      this.#hasBegun = true;
      // What belongs to another run of its process stays there.
      const printed = child.takePrinted();
      if (isFirst && printed) void tellLog('info', `Printed while its code was loaded:\n${printed.trimEnd()}`);
    });
    const keep = comesBack(variables) && child.runs + 1 < variables.runsPerProcess;
    return child.run({ type: 'run', ...aboutRun(this.#order, options), anew, keep });
  }
}

const comesBack = ({ runsPerProcess, memoryMb, cpu }: JobVariables): boolean => runsPerProcess > 1 && memoryMb === undefined && cpu === undefined;

const lastLine = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .findLast((line) => /\w/.test(line)) ?? 'it ended at once';

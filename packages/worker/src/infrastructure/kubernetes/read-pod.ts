import { EXIT_CODES } from '@sluice/core/process/exit-codes';
import type { Left } from '../infrastructure.ts';
import type { Condition, ContainerStatus, Job, Pod } from './objects.ts';

/*
 * What a pod and its Job say of a run, as a worker needs it.
 */

export type PodView =
  /** Its container has not started. `isHopeless`: it never will. */
  | { readonly type: 'waiting'; readonly why: string | undefined; readonly isHopeless: boolean }
  | { readonly type: 'running' }
  /** `code`: with what its program left; undefined when Kubernetes does not know. */
  | { readonly type: 'ended'; readonly left: Extract<Left, { type: 'finished' | 'gone' }>; readonly code: number | undefined };

/** Reasons why a container cannot be started that no time mends. */
const HOPELESS = new Set(['InvalidImageName', 'ErrImageNeverPull']);

/** Reasons of a container that is on its way. */
const ON_ITS_WAY = new Set(['ContainerCreating', 'PodInitializing']);

/** States that a program says by its exit code. */
const STATES = new Map<number, string>([
  [EXIT_CODES.COMPLETED, 'COMPLETED'],
  [EXIT_CODES.FAILED, 'FAILED'],
  [EXIT_CODES.CANCELLED, 'CANCELLED'],
  [EXIT_CODES.SCHEDULED, 'SCHEDULED'],
  [EXIT_CODES.CRASHED, 'CRASHED'],
  [EXIT_CODES.LOST, 'lost'],
]);

const SIGNALS: { readonly [code: number]: string } = { 130: 'SIGINT', 134: 'SIGABRT', 135: 'SIGBUS', 137: 'SIGKILL', 139: 'SIGSEGV', 143: 'SIGTERM' };

const isTrue = ({ status }: Condition) => status === 'True';
const sentence = (...words: (string | undefined)[]) => words.filter(Boolean).join(': ').trim().replace(/\.?$/, '.');
const gone = (message: string, isFinal = false) => ({ type: 'gone', message, isFinal, log: [], isOutOfGrace: false }) as const;

/** `container`: the name of that in which the run's program is. */
export function readPod(pod: Pod, container: string): PodView {
  const { status = {} } = pod;
  const own = status.containerStatuses?.find(({ name }) => name === container);
  if (own?.state?.terminated) return ended(pod, own.state.terminated, container);
  if (status.phase === 'Failed' || status.phase === 'Succeeded')
    return { type: 'ended', left: gone(endOfPod(pod) ?? 'Its pod has ended.'), code: undefined };
  if (own?.state?.running) return { type: 'running' };
  return waiting(pod);
}

function waiting({ status = {} }: Pod): PodView {
  const stuck = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].find(
    ({ state }) => state?.waiting?.reason && !ON_ITS_WAY.has(state.waiting.reason),
  )?.state?.waiting;
  if (stuck) return { type: 'waiting', why: sentence(stuck.reason, stuck.message), isHopeless: HOPELESS.has(stuck.reason ?? '') };
  const unplaced = status.conditions?.find((condition) => condition.type === 'PodScheduled' && !isTrue(condition));
  return { type: 'waiting', why: unplaced && sentence(unplaced.reason, unplaced.message), isHopeless: false };
}

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

function ended(pod: Pod, { exitCode: code, reason, message }: Terminated, container: string): PodView {
  const state = STATES.get(code);
  // A container that never ran has code 128 or none of its own.
  if (reason === 'StartError' || reason === 'ContainerCannotRun')
    return { type: 'ended', left: gone(sentence('Its container cannot run', message), true), code };
  if (reason === 'OOMKilled') return { type: 'ended', left: outOfMemory(pod, container), code };
  if (state !== undefined && reason !== 'ContainerStatusUnknown') return { type: 'ended', left: { type: 'finished', state_type: state }, code };
  const why = endOfPod(pod);
  if (why) return { type: 'ended', left: gone(why), code };
  const signal = SIGNALS[code];
  return { type: 'ended', left: gone(signal ? `Its container was ended by ${signal}.` : `Its container exited with code ${code}.`), code };
}

/** Without a limit of its own it was the node that had too little: elsewhere there may be more. */
function outOfMemory({ spec }: Pod, container: string) {
  const limit = spec?.containers?.find(({ name }) => name === container)?.resources?.limits?.memory;
  return limit === undefined
    ? gone('Its container was killed: its node had no memory left.')
    : gone(`Its container needed more than its ${limit} of memory.`, true);
}

/** Why Kubernetes ended a pod; undefined when it did not. */
function endOfPod({ status = {} }: Pod): string | undefined {
  if (status.reason) return sentence(`Its pod was ended by Kubernetes (${status.reason})`, status.message);
  const disruption = status.conditions?.find((condition) => condition.type === 'DisruptionTarget' && isTrue(condition));
  return disruption && sentence(`Its pod was ended by Kubernetes (${disruption.reason})`, disruption.message);
}

/** Why a Job has failed though no pod says so; undefined when it has not. */
export function failureOf({ status = {} }: Job): string | undefined {
  const failed = status.conditions?.find((condition) => condition.type === 'Failed' && isTrue(condition));
  return failed && sentence(`Its Job has failed (${failed.reason})`, failed.message);
}

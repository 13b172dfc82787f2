import { EngineAway, EngineRefusal } from './engine.ts';

/** A run that can have no container as it is: to try again is of no use. */
export class Unmakeable extends Error {}

export interface Trouble {
  readonly message: string;
  readonly isLasting: boolean;
}

/** Why a run has no container, in a sentence, and what helps. */
export function troubleOf(error: unknown, engine: string): Trouble {
  const { why, isLasting = false } = faultOf(error, engine);
  return { message: `Its container cannot be started: ${why}`, isLasting };
}

function faultOf(error: unknown, engine: string): { readonly why: string; readonly isLasting?: boolean } {
  const message = error instanceof Error ? sentence(error.message) : String(error);
  if (error instanceof Unmakeable) return { why: error.message, isLasting: true };
  if (isFull(message)) return { why: `the disk of the container engine is full: ${message} Make room there: docker system prune.` };
  if (error instanceof EngineAway)
    return { why: `the container engine at ${engine} does not answer: ${message} Start it, or set DOCKER_HOST where the worker is started.` };
  if (!(error instanceof EngineRefusal)) return { why: message };
  if (/executable file not found|no such file or directory: .*exec|exec: /.test(message))
    return { why: `its image has no program sluice-worker: ${message} Make the image with deploy/Dockerfile, or from one that is.`, isLasting: true };
  if (error.status === 400 || error.status === 404)
    return { why: `the engine refuses it: ${message} Look at the job variables of its deployment and at its work pool.`, isLasting: true };
  return { why: `the engine refuses it: ${message}` };
}

export const isFull = (message: string): boolean => /no space left on device|disk quota exceeded/i.test(message);

/** Engines say a word or a sentence, and no two say it alike. */
export const sentence = (text: string): string => text.trim().replace(/[.\s]*$/, '.');

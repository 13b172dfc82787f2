import { isObject } from '@sluice/core/lib/json';
import type { Deployment } from '@sluice/core/model/deployment';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { type Pull, readPullSteps } from '@sluice/core/process/pull-steps';

/** What a deployment, and a run of it, ask of the process they run in. */
export interface JobVariables {
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMb: number | undefined;
  readonly cpu: number | undefined;
  /** Runs that a process may run, one after the other. */
  readonly runsPerProcess: number;
}

/** What a place must load to run a flow of a deployment, and with what. */
export interface Code {
  readonly path: string;
  readonly entrypoint: string;
  readonly env: Readonly<Record<string, string>>;
  readonly heapMb: number | undefined;
}

/** The same before it is known where that is on this machine. */
export interface WantedCode extends Omit<Code, 'path'> {
  /** The folder that it was deployed from. */
  readonly path: string | null;
  /** The bundle that the run was made with, and the folder in it from which the entrypoint counts. */
  readonly bundle: { readonly name: string; readonly folder: string | null } | null;
  /** Where it is when it does not travel. */
  readonly pull: Pull | null;
}

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** A process gets this share of its memory as heap: the rest is for buffers, code and native libraries. */
const HEAP_SHARE = 0.6;

const asTexts = (value: unknown): Record<string, string> =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)])) : {};

const positive = (value: unknown) => (typeof value === 'number' && value > 0 ? value : undefined);

/** A run's variables go over its deployment's; their environments are merged. */
export function jobVariables(deployment: Variables, run?: Variables): JobVariables {
  const merged = { ...deployment, ...run };
  const env = { ...asTexts(deployment?.['env']), ...asTexts(run?.['env']) };
  return {
    env,
    memoryMb: positive(merged['memory']),
    cpu: positive(merged['cpu']),
    runsPerProcess: positive(merged['runs_per_process']) ?? 1,
  };
}

/** What a place must load to run this, or why there is nothing to load. */
export function codeOf({ flow_run, deployment }: Pick<ClaimedRun, 'flow_run' | 'deployment'>, variables: JobVariables): WantedCode | string {
  if (deployment) return codeOfDeployment({ ...deployment, bundle: flow_run.bundle }, variables);
  const { type, display_value } = flow_run.created_by ?? {};
  return type === 'DEPLOYMENT'
    ? `Its deployment "${display_value}" was deleted before it could start: there is nothing to run.`
    : 'It has no deployment, or that was deleted: there is nothing to run.';
}

export function codeOfDeployment(
  {
    name,
    path,
    entrypoint,
    bundle,
    bundle_folder,
    pull_steps,
  }: Pick<Deployment, 'name' | 'path' | 'entrypoint' | 'bundle' | 'bundle_folder'> & { readonly pull_steps: readonly unknown[] | null },
  { env, memoryMb }: JobVariables,
): WantedCode | string {
  if (!entrypoint) return `Its deployment "${name}" names no entrypoint: there is nothing to run.`;
  const pull = !bundle && pull_steps?.length ? readPullSteps(pull_steps) : null;
  if (typeof pull === 'string') return pull;
  const heapMb = memoryMb && Math.max(64, Math.floor(memoryMb * HEAP_SHARE));
  return { path, entrypoint, env, heapMb, bundle: bundle ? { name: bundle, folder: bundle_folder } : null, pull };
}

/** What a run reads and writes by its name: the sources of its deployment, and its parameters `source` and `warehouse`. A run's own variables add none. */
export function sourcesOf({ deployment, flow_run }: ClaimedRun): string[] {
  const named = deployment?.job_variables['sources'];
  const { source, warehouse } = flow_run.parameters;
  const all = [...(Array.isArray(named) ? named : []), source, ...(isUrl(warehouse) ? [warehouse] : [])];
  return all.filter((name) => typeof name === 'string' && name !== '');
}

/** A warehouse that is a file needs no secret. */
const isUrl = (text: unknown): boolean => typeof text === 'string' && text.includes('://');

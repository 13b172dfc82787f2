import { isObject, type JsonObject } from '@sluice/core/lib/json';
import type { AnyFlow, Flow } from '../model/flow.ts';
import { checkOptions, rules } from '../options.ts';
import { show } from '../text/show.ts';
import { type PullOptions, pullRule } from './pull.ts';
import type { Schedule } from './schedules.ts';

export interface DeploymentOptions<In> {
  readonly name: string;
  /** Work pool; the setting SLUICE_WORK_POOL when left out. */
  readonly pool?: string;
  readonly queue?: string;
  /** When it runs by itself: `cron(…)`, `every(…)`, `rrule(…)`. A deployment that is made again has those of the code alone. */
  readonly schedules?: readonly Schedule[];
  /** Parameters of runs that give none. */
  readonly params?: Partial<In>;
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly version?: string;
  readonly paused?: boolean;
  /** Runs of this deployment at once, over all workers. */
  readonly concurrencyLimit?: number;
  /** Memory of a run's process group, in MB; a run that needs more is CRASHED. */
  readonly memory?: number;
  /** Processors that a run may keep busy. */
  readonly cpu?: number;
  /** Environment of the run's process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the sources that its runs read. Of its worker's `SLUICE_SOURCE_*` a run gets only those, and that of its parameter `source`. */
  readonly sources?: readonly string[];
  /** How often a run can be claimed before a lost process makes it CRASHED; 3 by default, 1 gives no second chance. */
  readonly maxClaims?: number;
  /**
   * How many runs a process may run, one after the other; 1 by default. More save the time to load code again, for flows that leave
   * nothing behind: what one run changes in the process, the next one finds. A process is given up after a run that did not complete.
   */
  readonly runsPerProcess?: number;
  /** Variables of its work pool's base job template, such as `image` and `namespace`, where runs are containers. */
  readonly jobVariables?: JsonObject;
  /** `file:export`, when the flow itself does not say where it is. */
  readonly entrypoint?: string;
  /** Where workers find the code, when it is not to travel with the deployment. */
  readonly pull?: PullOptions;
}

/** Of a deployment that is served: all but what is said to workers. */
export type ServedOptions<In> = Pick<
  DeploymentOptions<In>,
  'name' | 'schedules' | 'params' | 'tags' | 'description' | 'version' | 'paused' | 'concurrencyLimit'
>;

export interface DeploymentConfig {
  readonly flow: AnyFlow;
  readonly options: DeploymentOptions<JsonObject>;
}

export interface SluiceConfig {
  readonly deployments: readonly DeploymentConfig[];
}

const RULES = {
  name: rules.name,
  pool: rules.name,
  queue: rules.name,
  schedules: {
    takes: 'a list of cron(…), every(…) and rrule(…)',
    fits: (value: unknown) => Array.isArray(value) && value.every((each) => isObject(each) && isObject(each['schedule'])),
  },
  params: { takes: 'an object', fits: (value: unknown) => isObject(value) },
  tags: rules.tags,
  description: rules.text,
  version: rules.shortText,
  paused: rules.flag,
  concurrencyLimit: rules.count,
  memory: rules.amount,
  cpu: rules.amount,
  env: rules.texts,
  sources: rules.tags,
  maxClaims: rules.count,
  runsPerProcess: rules.count,
  jobVariables: { takes: 'an object', fits: (value: unknown) => isObject(value) },
  entrypoint: rules.text,
  pull: pullRule,
} satisfies { readonly [name in keyof DeploymentOptions<never>]-?: unknown };

/** A deployment of a flow, for `sluice.config.ts`. */
export function deploy<In, Params, Result>(flow: Flow<In, Params, Result>, options: DeploymentOptions<In>): DeploymentConfig {
  checkOptions(`deployment ${show(options.name, 100)} of flow ${show(flow.flowName, 100)}`, { ...options, name: options.name ?? '' }, RULES);
  return { flow, options: options as DeploymentOptions<JsonObject> };
}

/** The default export of `sluice.config.ts`. */
export const defineConfig = (config: SluiceConfig): SluiceConfig => config;

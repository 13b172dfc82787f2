import type { State } from '@sluice/core/model/state';
import type { StateType } from '@sluice/core/model/state-type';
import type { Logger } from '../model/run.ts';
import { logOfThrown } from '../text/thrown.ts';

type Hook<Owner, Run> = (owner: Owner, run: Run, state: State) => unknown;
type OneOrMore<T> = T | readonly T[];

interface WithHooks<H> {
  readonly onCompletion?: OneOrMore<H>;
  readonly onFailure?: OneOrMore<H>;
  readonly onCancellation?: OneOrMore<H>;
  readonly onCrashed?: OneOrMore<H>;
}

/** States without a row have no hooks: a run that is to be tried again, or that goes on elsewhere, has not ended. */
const HOOKS_OF: { readonly [type in StateType]?: keyof WithHooks<never> } = {
  COMPLETED: 'onCompletion',
  FAILED: 'onFailure',
  CANCELLED: 'onCancellation',
  CRASHED: 'onCrashed',
};

const listOf = <T>(given: OneOrMore<T> | undefined): readonly T[] => (given === undefined ? [] : ([given].flat() as T[]));

/** The types of states that call a hook of the options. */
export const hookedStates = (options: WithHooks<unknown>): StateType[] =>
  (Object.entries(HOOKS_OF) as [StateType, keyof WithHooks<never>][]).flatMap(([type, option]) => (listOf(options[option]).length > 0 ? [type] : []));

/** Calls the hooks of the state, one after the other, as Prefect does. It never throws. */
export async function callHooks<Owner extends { readonly options: WithHooks<Hook<Owner, Run>> }, Run>(
  owner: Owner,
  state: State,
  { log, readRun }: { readonly log: Logger; readonly readRun: () => Promise<Run> },
): Promise<void> {
  const option = HOOKS_OF[state.type];
  const hooks = option ? listOf(owner.options[option]) : [];
  if (hooks.length === 0) return;
  let run: Run;
  try {
    run = await readRun();
  } catch (error) {
    return log.error(`No ${option} hook was called: ${logOfThrown(error)}`);
  }
  for (const hook of hooks) {
    try {
      await hook(owner, run, state);
    } catch (error) {
      log.error(`The ${option} hook ${hook.name ? `'${hook.name}' ` : ''}failed: ${logOfThrown(error)}`);
    }
  }
}

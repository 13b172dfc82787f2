import { currentContext } from '../context.ts';
import type { Logger } from '../model/run.ts';

/** The current run's logger, in code that was not handed one; throws outside of a run. */
export function getLogger(): Logger {
  const context = currentContext();
  if (!context) throw new Error('getLogger() was called outside of a flow: there is no run here.');
  return context.log;
}

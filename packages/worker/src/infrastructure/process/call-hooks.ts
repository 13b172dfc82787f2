import type { State } from '@sluice/core/model/state';
import { howItEnded } from '../../how-it-ended.ts';
import type { LocalOrder } from '../infrastructure.ts';
import { aboutRun } from './about-run.ts';
import type { ProcessDeps } from './process-place.ts';

/**
 * A process of the run's code calls the hooks of the state in which the run has ended, and is gone. It has the limits of the run, the
 * time of any process to load its code, and the grace time for the hooks.
 */
export async function callHooks(order: LocalOrder, state: State, { options, warm, limitRun }: ProcessDeps): Promise<void> {
  const { code, variables, tellLog } = order;
  const { startSeconds, graceSeconds } = options;
  const { process: child } = warm.take(code, { comesBack: false, anew: true });
  const limits = await limitRun(child.pid, variables);
  try {
    await Promise.race([child.load({ type: 'load', ...code, api_url: options.api.api_url }), child.exited]);
    const exit = await child.callHooks({ type: 'call-hooks', ...aboutRun(order, options), state });
    if (child.finished !== undefined) return;
    const ranOutOfMemory = (await limits?.ranOutOfMemory()) ?? false;
    const { failure, exitCall, killed, complaints } = child;
    const ended = { ...exit, failure, exitCall, killed, complaints, limits, ranOutOfMemory, heapMb: code.heapMb, startSeconds };
    const why = killed?.why === 'late' ? `They took longer than ${graceSeconds} s.` : howItEnded(ended).message;
    await tellLog('error', `Not all hooks of the state ${state.name} were called. ${why}`);
  } finally {
    warm.lose(child);
    child.end();
    await limits?.release();
  }
}

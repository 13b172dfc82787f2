import type { Holding } from './holding.ts';
import type { Exit, FlowProcess } from './infrastructure/process/flow-process.ts';
import { howItEnded } from './infrastructure/process/how-it-ended.ts';
import type { RunLimits } from './infrastructure/process/limits/run-limits.ts';
import type { Propose, TellLog } from './propose.ts';

interface Ended {
  readonly process: FlowProcess;
  readonly exit: Exit;
  readonly holding: Holding;
  readonly limits: RunLimits | undefined;
  readonly heapMb: number | undefined;
  readonly startSeconds: number;
  readonly propose: Propose;
  readonly tellLog: TellLog;
}

/** Of the log: what does not fit into one line of it is cut at its begin. */
const PRINTED = 8000;

/** What a process that is gone means for its run: tells the server, unless the process has. */
export async function conclude({ process, exit, holding, limits, heapMb, startSeconds, propose, tellLog }: Ended): Promise<string> {
  if (process.finished !== undefined) return process.finished;
  if (holding.isLost) return 'lost';
  if (holding.asked) return giveUp(holding, propose);
  if (process.killed?.why === 'overdue') {
    const { message, task_run_id } = process.killed;
    await tellLog('error', `${message} Its process was killed.`);
    const timedOut = { type: 'FAILED', name: 'TimedOut', message } as const;
    // A task that is left tries has failed, and not its run: that goes on, in another process, with the next try.
    if (task_run_id && (await propose.ofTask(task_run_id, timedOut)) === 'AwaitingRetry')
      return propose({ type: 'SCHEDULED', message: `${message} The task is tried again.` });
    return propose(timedOut);
  }
  const { failure, exitCall, killed, complaints } = process;
  const ranOutOfMemory = (await limits?.ranOutOfMemory()) ?? false;
  const reason = howItEnded({ ...exit, failure, exitCall, killed, complaints, limits, ranOutOfMemory, heapMb, startSeconds });
  const printed = process.takePrinted().trimEnd().slice(-PRINTED);
  await tellLog('error', [reason.message, exitCall, printed && `The last that it printed:\n${printed}`].filter(Boolean).join('\n'));
  return propose({ type: 'CRASHED', message: reason.message, state_details: { ...(reason.isFinal && { retriable: false }) } });
}

/** The end of a run that was asked to stop and did not say that it has. */
export function giveUp({ asked, isKilled }: Holding, propose: Propose): Promise<string> {
  const killed = isKilled ? ', and its process was killed after the grace time' : '';
  return asked === 'Cancelled'
    ? propose({
        type: 'CANCELLED',
        message: isKilled ? 'The run was cancelled; its process was killed after the grace time.' : 'The run was cancelled.',
      })
    : propose({ type: 'SCHEDULED', message: `Handed back: its worker is stopping${killed}.` });
}

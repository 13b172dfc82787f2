import { endOverdue, type Propose, type Told } from '@sluice/core/process/end-overdue';
import { CANCELLED_OUT_OF_GRACE } from '@sluice/core/process/sentences';
import type { Holding } from './holding.ts';
import type { Left, StopReason } from './infrastructure/infrastructure.ts';
import type { TellLog } from './tell-log.ts';

interface Teller {
  readonly holding: Holding;
  readonly propose: Propose;
  readonly tellLog: TellLog;
}

/** What it means for a run how it left its place: tells the server, unless the run has. */
export async function conclude(left: Exclude<Left, { type: 'unused' }>, { holding, propose, tellLog }: Teller): Promise<Told> {
  if (left.type === 'finished') return toldNothing(left.state_type);
  if (left.type === 'kept') return toldNothing('goes on without its worker');
  if (holding.isLost) return toldNothing('lost');
  if (holding.asked) return giveUp(holding.asked, propose, left.type === 'gone' && left.isOutOfGrace);
  const { message } = left;
  if (left.type === 'overdue') {
    await tellLog('error', `${message} Its process was killed.`);
    return endOverdue(left, propose);
  }
  await tellLog('error', [message, ...left.log].join('\n'));
  return propose({ type: 'CRASHED', message, state_details: { ...(left.isFinal && { retriable: false }) } });
}

const toldNothing = (how: string): Told => ({ how, state: null });

/** The end of a run that was asked to stop and did not say that it has. */
export function giveUp(asked: StopReason, propose: Propose, isOutOfGrace = false): Promise<Told> {
  const killed = isOutOfGrace ? ', and its process was killed after the grace time' : '';
  return asked === 'Cancelled'
    ? propose({
        type: 'CANCELLED',
        message: isOutOfGrace ? CANCELLED_OUT_OF_GRACE : 'The run was cancelled.',
      })
    : propose({ type: 'SCHEDULED', message: `Handed back: its worker is stopping${killed}.` });
}

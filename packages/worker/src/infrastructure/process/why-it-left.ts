import { type Exit, howItEnded } from '../../how-it-ended.ts';
import type { Left } from '../infrastructure.ts';
import type { FlowProcess } from './flow-process.ts';
import type { RunLimits } from './limits/run-limits.ts';

interface Circumstances {
  readonly exit: Exit;
  readonly limits: RunLimits | undefined;
  readonly heapMb: number | undefined;
  readonly startSeconds: number;
  readonly isOutOfGrace: boolean;
}

/** For the log: what does not fit into one line of it is cut at its beginning. */
const PRINTED = 8000;

/** What a process that is gone means for its run. */
export async function whyItLeft(
  process: FlowProcess,
  { exit, limits, heapMb, startSeconds, isOutOfGrace }: Circumstances,
): Promise<Exclude<Left, { type: 'unused' }>> {
  const { finished, killed, failure, exitCall, complaints } = process;
  if (finished !== undefined) return { type: 'finished', state_type: finished };
  if (killed?.why === 'overdue') return { type: 'overdue', message: killed.message, task_run_id: killed.task_run_id };
  const ranOutOfMemory = (await limits?.ranOutOfMemory()) ?? false;
  const reason = howItEnded({ ...exit, failure, exitCall, killed, complaints, limits, ranOutOfMemory, heapMb, startSeconds });
  const printed = process.takePrinted().trimEnd().slice(-PRINTED);
  const log = [exitCall ?? '', printed && `Its last output:\n${printed}`].filter(Boolean);
  return { type: 'gone', ...reason, log, isOutOfGrace };
}

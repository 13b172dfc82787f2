import { isObject } from '@sluice/core/lib/json';
import { isRunning } from '@sluice/home/processes';
import { bornOf } from '@sluice/server/home';

/** One life of a process: ids are used again. */
export interface ProcessId {
  readonly pid: number;
  /** When it was started, as the kernel counts; empty where that cannot be read. */
  readonly born: string;
}

export const processOf = async (pid: number): Promise<ProcessId> => ({ pid, born: await bornOf(pid) });

export const thisProcess = (): Promise<ProcessId> => processOf(process.pid);

export const isSame = (a: ProcessId, b: ProcessId): boolean => a.pid === b.pid && a.born === b.born;

/** Whether that very process still runs. */
export const isThere = async ({ pid, born }: ProcessId): Promise<boolean> => isRunning(pid) && (await bornOf(pid)) === born;

/** What a full disk cut off is not a process. */
export function parseProcess(text: string): ProcessId | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && typeof value['pid'] === 'number' && typeof value['born'] === 'string' ? (value as unknown as ProcessId) : undefined;
  } catch {
    return undefined;
  }
}

import { appendFileSync } from 'node:fs';
import { get } from 'node:http';
import { run } from '@sluice/sdk';

/*
 * For flows that tests run in processes of their own: what they did is read from a file, and where they stand is told at a gate.
 */

/** One line that a run left behind. */
export interface Mark {
  readonly text: string;
  readonly flow_run_id: string;
  readonly epoch: number;
  readonly attempt: number;
  readonly worker: string | null;
  readonly pid: number;
  /** Milliseconds of the clock that all processes of this machine share. */
  readonly at: number;
}

export function mark(text: string): void {
  const { flow_run_id, epoch, attempt, worker_name } = run.current();
  const at = Number(process.hrtime.bigint()) / 1e6;
  const line: Mark = { text, flow_run_id, epoch, attempt, worker: worker_name, pid: process.pid, at };
  appendFileSync(process.env['TEST_MARKS'] ?? '', `${JSON.stringify(line)}\n`);
}

/** Stands at a gate until the test opens it; rejects when the signal is aborted. */
export function gate(name: string, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = get(`${process.env['TEST_GATES']}/${encodeURIComponent(name)}`, { agent: false, ...(signal && { signal }) }, (response) => {
    response.resume();
    response.once('end', resolve);
    response.once('error', reject);
  });
  request.once('error', (error) => reject(signal?.aborted ? signal.reason : error));
  return promise;
}

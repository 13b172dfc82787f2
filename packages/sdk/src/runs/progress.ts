import type { Client } from '@sluice/client';
import { safeText } from '@sluice/core/text/safe-text';
import { asText } from '../text/show.ts';

export interface Progress {
  readonly done: number;
  readonly total?: number | null;
  readonly label?: string;
}

/**
 * Says how far the run is. Cheap: only the newest is sent, four times a second at most. The first is sent at once where nothing is done
 * yet, so that it is known how much there is to do; a run that is over in a moment tells once, at its end.
 */
export type ReportProgress = (progress: Progress) => void;

/** The server takes as many characters. */
const LABEL_BYTES = 500;
const EVERY_MS = 250;

export function createProgressReporter(client: Client, flowRunId: string): { report: ReportProgress; flush: () => Promise<void> } {
  let newest: Progress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isFirst = true;
  let label = '';
  let sent = Promise.resolve();
  let lastMs = performance.now();

  /** One after the other: an older one never comes last. */
  function send(): Promise<void> {
    sent = sent.then(sendNewest);
    return sent;
  }

  async function sendNewest(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (!newest) return;
    const { done, total = null } = newest;
    newest = undefined;
    lastMs = performance.now();
    // Progress is for people who watch: one that is lost is not worth a failure.
    await client.request('PUT /flow_runs/{id}/progress', { params: { id: flowRunId }, body: { label, done, total } }).catch(() => {});
  }

  return {
    report: (progress) => {
      if (isFirst && progress.done === 0) lastMs = -EVERY_MS;
      isFirst = false;
      newest = progress;
      if (progress.label !== undefined) label = safeText(asText(progress.label), LABEL_BYTES);
      timer ??= setTimeout(() => void send(), Math.min(EVERY_MS, Math.max(0, lastMs + EVERY_MS - performance.now()))).unref();
    },
    flush: send,
  };
}

import type { Client } from '@sluice/client';

export interface Progress {
  readonly done: number;
  readonly total?: number | null;
  readonly label?: string;
}

/** Says how far the run is. Cheap: only the newest is sent, four times a second at most. */
export type ReportProgress = (progress: Progress) => void;

const EVERY_MS = 250;

export function createProgressReporter(client: Client, flowRunId: string): { report: ReportProgress; flush: () => Promise<void> } {
  let newest: Progress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let label = '';
  let sent = Promise.resolve();

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
    // Progress is for people who watch: one that is lost is not worth a failure.
    await client.request('PUT /flow_runs/{id}/progress', { params: { id: flowRunId }, body: { label, done, total } }).catch(() => {});
  }

  return {
    report: (progress) => {
      newest = progress;
      label = progress.label ?? label;
      timer ??= setTimeout(() => void send(), EVERY_MS).unref();
    },
    flush: send,
  };
}

import { useEffect, useSyncExternalStore } from 'react';
import { type LiveStatus, live } from './live.ts';

export const useLiveStatus = (): LiveStatus =>
  useSyncExternalStore(
    (watcher) => live.watchStatus(watcher),
    () => live.status,
  );

/** The page shows this run's task runs and log lines. */
export function useLiveRun(flowRunId: string): void {
  useEffect(() => {
    live.wish({ flowRunId });
    return () => live.wish({});
  }, [flowRunId]);
}

/** The page shows log lines of all runs. */
export function useLiveLogs(): void {
  useEffect(() => {
    live.wish({ logs: true });
    return () => live.wish({});
  }, []);
}

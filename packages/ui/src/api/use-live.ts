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

/** A part of the page of this run shows what its child runs do. */
export function useLiveChildren(flowRunId: string, isShown: boolean): void {
  useEffect(() => {
    if (!isShown) return;
    // After the page has said its own wish.
    queueMicrotask(() => live.wish({ flowRunId, descendants: true }));
    return () => live.wish({ flowRunId });
  }, [flowRunId, isShown]);
}

/** The page shows log lines of all runs. */
export function useLiveLogs(): void {
  useEffect(() => {
    live.wish({ logs: true });
    return () => live.wish({});
  }, []);
}

/** The page shows events. */
export function useLiveEvents(): void {
  useEffect(() => {
    live.wish({ events: true });
    return () => live.wish({});
  }, []);
}

import { RunAborted } from '../errors.ts';

/**
 * What whoever stops a container sends. SIGTERM: the run is handed back now. SIGUSR2: its worker stops, and waits for a run that works;
 * one that only waits, or has not begun, goes on elsewhere. SIGCONT: something has become of the run, which the server tells. It harms no
 * program that knows nothing of it.
 */
export function heedStopSignals(stop: AbortController, ask: () => void) {
  let isDraining = false;
  let isAsleep = () => true;
  const end = () => stop.abort(new RunAborted('WorkerShutdown', 'The place of the run is being stopped.'));
  const endIfAsleep = () => {
    if (isDraining && isAsleep()) end();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  process.on('SIGCONT', ask);
  process.on('SIGUSR2', () => {
    isDraining = true;
    endIfAsleep();
  });
  return {
    onAsleep: endIfAsleep,
    /** From now on the run may be at work. */
    follow: (waits: { readonly isAsleep: boolean }) => {
      isAsleep = () => waits.isAsleep;
    },
  };
}

import { EXIT } from '@sluice/core/errors/catalog';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface StopSignals {
  /** From now on a signal ends this process as usual. */
  forget(): void;
}

/**
 * Calls `stop` when this process is asked to end. Asked a second time it calls `kill`, if there is one, and ends at once: what a
 * person who presses Ctrl+C again wants.
 */
export function onStopSignals(stop: () => void, kill: () => void = () => {}): StopSignals {
  let asked = false;
  const listener = () => {
    if (!asked) {
      asked = true;
      stop();
      return;
    }
    kill();
    process.exit(EXIT.interrupted);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    forget: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}

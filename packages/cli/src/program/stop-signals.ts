import { EXIT } from '@sluice/core/errors/catalog';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface StopSignals {
  /** From now on a signal ends this process as usual. */
  forget(): void;
}

/**
 * Calls `stop` when this process is asked to end. Asked a second time it calls `kill`, and ends when that is done, by default at once:
 * what a person who presses Ctrl+C again wants. Asked a third time it waits for nothing.
 */
export function onStopSignals(stop: () => void, kill: () => unknown = () => {}): StopSignals {
  let asked = 0;
  const exit = () => process.exit(EXIT.interrupted);
  const listener = () => {
    asked++;
    if (asked === 1) stop();
    else if (asked === 2) void Promise.resolve(kill()).then(exit, exit);
    else exit();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    forget: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}

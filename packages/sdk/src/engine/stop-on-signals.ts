import { RunAborted } from '../errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * While a flow runs in this process, a signal that would end it stops the run first, so that the server is told of it. Afterwards the
 * signal has its way, unless the program listens to it itself. The second one is not waited for.
 */
export function stopOnSignals(stop: AbortController): Disposable {
  let received: NodeJS.Signals | undefined;
  const release = () => {
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  const haveItsWay = (signal: NodeJS.Signals) => {
    release();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (received) return haveItsWay(signal);
    received = signal;
    stop.abort(new RunAborted('Cancelled', `Stopped by ${signal}.`));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { [Symbol.dispose]: () => (received ? haveItsWay(received) : release()) };
}

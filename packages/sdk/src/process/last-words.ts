import { logOfThrown } from '../text/thrown.ts';

/*
 * What ends a process before its run has ended is told to whoever has started it: of an error that nobody caught, and of a call of
 * process.exit, the process itself is the last to know.
 */

/** Called when the process ends out of order, while there is time for what is done at once. */
export type Hear = (reason: string, isExit: boolean) => void;

/** The original, taken before user code can replace it. */
const exit: (code: number) => never = process.exit.bind(process);

const LONGEST = 10_000;

let hear: Hear = () => {};
let isToEnd = false;
let isTold = false;
let isRejection = false;

/** The end that comes now is in order. */
export function endInOrder(code = 0): never {
  isToEnd = true;
  exit(code);
}

function tellOnce(reason: string, isExit = false): void {
  if (isToEnd || isTold) return;
  isTold = true;
  hear(reason.slice(0, LONGEST), isExit);
}

/** Ends the process, and tells why. */
export function die(reason: string): never {
  tellOnce(reason);
  exit(1);
}

/** Call it before any user code is loaded. */
export function onLastWords(tell: Hear): void {
  hear = tell;
}

/** Without another listener Node ends the process for it, as this does; but of what is no Error it does not show what it was. */
process.on('unhandledRejection', (reason) => {
  if (process.listenerCount('unhandledRejection') > 1) return;
  isRejection = true;
  throw reason instanceof Error ? reason : new Error(logOfThrown(reason));
});

/** Whoever handles such errors lets the process live. */
process.on('uncaughtExceptionMonitor', (error) => {
  if (process.listenerCount('uncaughtException') > 0) return;
  const what = isRejection ? 'A promise that nobody awaited was rejected' : 'An error was thrown that nobody caught';
  tellOnce(`${what}: ${logOfThrown(error)}`);
});

process.on('exit', (code) => {
  const stack = stackOf(new Error());
  if (stack) tellOnce(`Its code called process.exit(${code}).\n${stack}`, true);
});

/** The lines of user code in it. Before them are its message and the listener that made it. */
const stackOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .slice(2)
    .filter((line) => !/[( ]node:/.test(line))
    .join('\n');

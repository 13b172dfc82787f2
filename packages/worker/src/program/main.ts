import { EXIT } from '@sluice/core/errors/catalog';
import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';
import { startWorker } from '../worker.ts';
import { eventText } from './event-text.ts';
import { readArguments, USAGE } from './read-arguments.ts';

/*
 * `sluice-worker`: one worker, until it is told to stop and its runs have ended. Told a second time it ends at once; its runs are
 * killed by its guard then, and go back to the queue when their leases end.
 */

async function work(args: readonly string[]): Promise<void> {
  const options = readArguments(args, process.env);
  if (!options) return console.log(USAGE);
  const line = (text: string) => console.log(`${new Date().toISOString()} ${options.name}: ${text}`);
  // A run goes on when nobody reads what its worker says.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  const worker = await startWorker({ ...options, onEvent: (event) => line(eventText(event, options)) });
  let isAsked = false;
  const stop = () => {
    if (isAsked) process.exit(EXIT.interrupted);
    isAsked = true;
    line('finishing its flow runs; asked again it ends at once');
    worker.drain();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  await worker.ended;
  line('stopped');
  process.exit(EXIT.ok);
}

/** A container, or a pod, that a worker has started for one run. */
const isClaim = process.argv[2] === 'run-claim' && process.argv.length === 3;

await (isClaim ? import('../claim/main.ts') : work(process.argv.slice(2))).catch((error: unknown) => {
  const hint = isSluiceError(error) ? error.hint : undefined;
  console.error(`Error: ${messageOf(error)}${hint ? `\n${hint}` : ''}`);
  process.exit(isSluiceError(error) ? error.kind.exit : EXIT.failed);
});

import { startWorker, type WorkerOptions } from '@sluice/worker';

/** A worker as a process of its own: `node worker-program.ts <options as JSON>`. Tells its events to the test. */
const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions;
const worker = await startWorker({ ...options, onEvent: (event) => process.send?.(event) });
process.on('SIGTERM', () => worker.drain());
process.on('disconnect', () => worker.drain());
await worker.ended;
process.exit(0);

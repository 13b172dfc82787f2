import { parentPort, workerData } from 'node:worker_threads';
import { beatOwnLease } from './beat-own-lease.ts';
import type { FromLeaseThread } from './own-lease.ts';

const tell = (what: FromLeaseThread) => parentPort?.postMessage(what);

await beatOwnLease(workerData, { onCancelling: () => tell('cancelling') });
tell('lost');

export { eventText } from './program/event-text.ts';
export { type Supervisor, type SupervisorEvents, superviseWorkers } from './supervisor.ts';
export { startWorker, type Worker } from './worker.ts';
export type { WorkerOptions } from './worker-options.ts';

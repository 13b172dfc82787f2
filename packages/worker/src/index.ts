export { type Supervisor, type SupervisorEvents, superviseWorkers } from './supervisor.ts';
export { startWorker, type Worker, type WorkerOptions } from './worker.ts';

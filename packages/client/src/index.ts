export type { Capabilities } from './capabilities.ts';
export { authorization, type Client, type ClientOptions, type RequestOptions } from './client-over.ts';
export { createClient } from './create-client.ts';
export { findDeployment } from './find-deployment.ts';
export { pageAll, pageOn } from './page-all.ts';
export { type RawAnswer, rawRequest } from './raw-request.ts';
export { releaseRun } from './release-run.ts';
export { sendLogs } from './send-logs.ts';
export { monotonicMs, pause, startTimer, type Timer } from './timers.ts';

export type { Capabilities } from './capabilities.ts';
export type { Client, ClientOptions, RequestOptions } from './client-over.ts';
export { createClient } from './create-client.ts';
export { findDeployment } from './find-deployment.ts';
export { pageAll, pageOn } from './page-all.ts';
export { monotonicMs, pause, startTimer, type Timer } from './timers.ts';

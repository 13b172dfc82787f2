import { expectSettings } from '@sluice/sdk';

const { retry_seconds } = expectSettings();

/** Seconds before another try, as in the guide: 10 for a query, 60 for a table. The setting SLUICE_RETRY_SECONDS shortens both, for trying out. */
export const retryDelays = { task: retry_seconds ?? 10, flow: retry_seconds ?? 60 };

import { expectSettings } from '@sluice/sdk';

/** Seconds before another try, as in the guide: 10 for a query, 60 for a table. The setting SLUICE_RETRY_SECONDS shortens both, for trying out. */
export function retryDelays(): { readonly task: number; readonly flow: number } {
  const { retry_seconds } = expectSettings();
  return { task: retry_seconds ?? 10, flow: retry_seconds ?? 60 };
}

/** Every write of a lease's holder carries it: `<flow run id>:<epoch>`. Ours; Prefect's server ignores it. */
export const LEASE_HEADER = 'x-sluice-lease';

export const leaseHeaders = (flowRunId: string, epoch: number): Readonly<Record<string, string>> => ({ [LEASE_HEADER]: `${flowRunId}:${epoch}` });

/** Undefined for a text that is none. */
export function readLeaseHeader(text: string): { readonly flow_run_id: string; readonly epoch: number } | undefined {
  const match = /^([0-9a-f-]{36}):(\d{1,9})$/.exec(text);
  return match ? { flow_run_id: match[1] as string, epoch: Number(match[2]) } : undefined;
}

import { createClient, monotonicMs, pause } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { ApiAccess } from '@sluice/core/process/messages';

export interface LeaseIdentity {
  readonly api: ApiAccess;
  readonly flow_run_id: string;
  readonly epoch: number;
}

interface Hearing {
  /** Waits until the next beat, so many milliseconds or less. */
  readonly rest?: (ms: number) => Promise<void>;
  /** The lease lives so many seconds from `sentMs`, of the monotonic clock. */
  readonly onProlonged?: (sentMs: number, leaseSeconds: number) => void;
  readonly onCancelling: () => void;
}

/** One beat that is lost, or late, loses no lease. */
const BEATS_A_LEASE = 3;
const RETRY_MS = 500;

const isOver = (error: unknown) => isSluiceError(error) && (error.code === 'LEASE_EXPIRED' || error.code === 'NOT_FOUND');

/** Keeps the lease of a flow run by its epoch, whoever has claimed it. Resolves when the server says that it is over. */
export async function beatOwnLease({ api, flow_run_id, epoch }: LeaseIdentity, { rest = pause, onProlonged, onCancelling }: Hearing): Promise<void> {
  const client = createClient({ apiUrl: api.api_url, apiKey: api.api_key, authString: api.auth_string, patienceSeconds: 0 });
  for (;;) {
    const sentMs = monotonicMs();
    try {
      const answer = await client.request('POST /flow_runs/{id}/beat', { params: { id: flow_run_id }, body: { epoch } });
      onProlonged?.(sentMs, answer.lease_seconds);
      if (answer.cancelling) onCancelling();
      await rest((answer.lease_seconds * 1000) / BEATS_A_LEASE);
    } catch (error) {
      if (isOver(error)) return;
      await pause(RETRY_MS);
    }
  }
}

import { leaseHeaders } from '@sluice/core/api/lease-header';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { StateCreate } from '@sluice/core/model/state';
import type { Propose, Told } from '@sluice/core/process/end-overdue';
import { safeText } from '@sluice/core/text/safe-text';
import type { Client } from './client-over.ts';
import { releaseRun } from './release-run.ts';

/** What a process said last may be its message, and it may have said anything. */
const MESSAGE_BYTES = 32 * 1024;

/** Proposes states for a run under a lease, in the place of its process: from its worker, or from its own guard thread. */
export function proposer(client: Client, id: string, epoch: number): Propose {
  const headers = leaseHeaders(id, epoch);
  async function propose(
    route: 'POST /flow_runs/{id}/set_state' | 'POST /task_runs/{id}/set_state',
    of: string,
    proposed: StateCreate,
  ): Promise<Told> {
    const message = proposed.message && safeText(proposed.message, MESSAGE_BYTES);
    const transition_id = crypto.randomUUID();
    const state = { ...proposed, message, state_details: { ...proposed.state_details, transition_id } };
    try {
      const { status, state: stands } = await client.request(route, { params: { id: of }, body: { state } }, { headers });
      if (route.startsWith('POST /flow_runs') && stands?.type === 'SCHEDULED') await releaseRun(client, of);
      // After an answer that got lost, the state that stands is the one proposed.
      const isStored = status === 'ACCEPT' || stands?.state_details.transition_id === transition_id;
      return { how: stands?.name ?? status, state: isStored ? stands : null };
    } catch (error) {
      if (isSluiceError(error) && error.code === 'NOT_FOUND') return { how: 'deleted', state: null };
      throw error;
    }
  }
  return Object.assign((state: StateCreate) => propose('POST /flow_runs/{id}/set_state', id, state), {
    ofTask: (taskRunId: string, state: StateCreate) => propose('POST /task_runs/{id}/set_state', taskRunId, state),
  });
}

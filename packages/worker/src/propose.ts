import type { Client } from '@sluice/client';
import { leaseHeaders } from '@sluice/core/api/lease-header';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { StateCreate } from '@sluice/core/model/state';
import type { Propose } from '@sluice/core/process/end-overdue';
import { safeText } from '@sluice/core/text/safe-text';
import { uuidv7 } from 'uuidv7';

export function proposer(client: Client, id: string, epoch: number): Propose {
  const headers = leaseHeaders(id, epoch);
  async function propose(route: 'POST /flow_runs/{id}/set_state' | 'POST /task_runs/{id}/set_state', of: string, proposed: StateCreate) {
    const message = proposed.message && safeText(proposed.message, MESSAGE_BYTES);
    const state = { ...proposed, message, state_details: { ...proposed.state_details, transition_id: uuidv7() } };
    try {
      const result = await client.request(route, { params: { id: of }, body: { state } }, { headers });
      return result.state?.name ?? result.status;
    } catch (error) {
      if (isSluiceError(error) && error.code === 'NOT_FOUND') return 'deleted';
      throw error;
    }
  }
  return Object.assign((state: StateCreate) => propose('POST /flow_runs/{id}/set_state', id, state), {
    ofTask: (taskRunId: string, state: StateCreate) => propose('POST /task_runs/{id}/set_state', taskRunId, state),
  });
}

/** A process may have printed anything. */
const MESSAGE_BYTES = 32 * 1024;
const LOG_BYTES = 128 * 1024;

const LEVELS = { info: 20, error: 40 } as const;

/** Writes a line into the log of a run; without it the run goes on as well. */
export type TellLog = (level: keyof typeof LEVELS, message: string) => Promise<void>;

export const logTeller =
  (client: Client, flow_run_id: string): TellLog =>
  async (level, message) => {
    const line = {
      id: uuidv7(),
      name: 'sluice.worker',
      level: LEVELS[level],
      message: safeText(message, LOG_BYTES),
      timestamp: new Date().toISOString(),
      flow_run_id,
    };
    await client.request('POST /logs/', { body: [line] }).catch(() => {});
  };

import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';
import { isFinal, STATE_TYPES } from '@sluice/core/model/state-type';

/** States in which a run has not ended. */
export const OPEN_STATES = STATE_TYPES.filter((type) => !isFinal(type));

/** Names of states that Sluice and Prefect give. */
const NAMES = [
  ...['Scheduled', 'Late', 'AwaitingRetry', 'AwaitingConcurrencySlot', 'Requeued', 'Resuming', 'Pending', 'Running', 'Retrying', 'Paused'],
  ...['Suspended', 'NotReady', 'Cancelling', 'Completed', 'Cached', 'RolledBack', 'Failed', 'TimedOut', 'Crashed', 'Cancelled'],
] as const;

/** As they are stored, whatever case was typed. A name that no state has is refused: a list without it would look like an answer. */
export async function expectStateNames(client: Client, runs: 'flow_runs' | 'task_runs', names: readonly string[]): Promise<string[]> {
  const meant = names.map((name) => NAMES.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name);
  for (const name of meant) {
    if ((NAMES as readonly string[]).includes(name)) continue;
    // Flows may name their own states.
    const filter = { state: { name: { any_: [name] } } };
    const count =
      runs === 'flow_runs'
        ? await client.request('POST /flow_runs/count', { body: { flow_runs: filter } })
        : await client.request('POST /task_runs/count', { body: { task_runs: filter } });
    if (count > 0) continue;
    const [near] = nearest(name, NAMES);
    throw new SluiceError('USAGE', `No run has a state named "${name}".`, {
      hint: `${near ? `Did you mean ${near}? ` : ''}The known names are ${NAMES.join(', ')}.`,
    });
  }
  return meant;
}

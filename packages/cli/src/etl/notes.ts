import type { Client } from '@sluice/client';
import { isFinal } from '@sluice/core/model/state-type';
import { paint } from '../render/paint.ts';
import type { Snapshot } from './snapshot.ts';

const WARNING = 30;
/** Lines that are asked for at once. */
const LINES = 200;

/** Reads what the tables' runs have warned of since the last call: what was guessed of a file, or renamed, stands on the terminal then. */
export function createNotes(client: Client): (children: Snapshot['children']) => Promise<string[]> {
  const seen = new Set<string>();
  const ended = new Set<string>();
  return async (children) => {
    const open = children.filter(({ run, isTable }) => isTable && run.start_time !== null && !ended.has(run.id)).map(({ run }) => run);
    if (open.length === 0) return [];
    const ids = open.map(({ id }) => id);
    const logs = { flow_run_id: { any_: ids }, level: { ge_: WARNING } };
    const lines = await client.request('POST /logs/filter', { body: { logs, sort: 'TIMESTAMP_DESC', limit: LINES } });
    for (const { id, state_type } of open) if (isFinal(state_type)) ended.add(id);
    const fresh = lines.filter(({ id }) => !seen.has(id)).reverse();
    for (const { id } of fresh) seen.add(id);
    return fresh.map(({ message }) => paint('yellow', message.split('\n')[0] ?? ''));
  };
}

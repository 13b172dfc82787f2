import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { tell } from '../render/message.ts';
import { notFound, orNearest } from './or-nearest.ts';

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

export const isId = (ref: string): boolean => UUID.test(ref);

const SHOWN = 5;

interface Options {
  /** For commands that change a run: when several runs have this name, none is taken. */
  readonly only?: boolean;
}

/** A flow run by its id or its name. When several have this name, it takes the newest, and says so. */
export async function findFlowRun(client: Client, ref: string, { only = false }: Options = {}): Promise<FlowRun> {
  const wanted = { noun: 'flow run', name: ref, listed: 'sluice flow-run ls' };
  if (isId(ref)) return orNearest(client.request('GET /flow_runs/{id}', { params: { id: ref } }), wanted, async () => []);
  const runs = await client.request('POST /flow_runs/filter', { body: { flow_runs: { name: { any_: [ref] } }, sort: 'ID_DESC' } });
  const [newest] = runs;
  if (!newest) throw notFound(wanted, await recentNames(client));
  if (runs.length === 1) return newest;
  if (!only) {
    tell(`${runs.length} flow runs have the name "${ref}"; this is the newest.`);
    return newest;
  }
  const some = runs.slice(0, SHOWN).map(({ id, state_name }) => `${id} (${state_name})`);
  throw new SluiceError('USAGE', `${runs.length} flow runs have the name "${ref}".`, {
    hint: `Give the id of the one you mean: ${some.join(', ')}${runs.length > SHOWN ? ', …' : ''}.`,
  });
}

async function recentNames(client: Client): Promise<string[]> {
  return (await client.request('POST /flow_runs/filter', { body: { sort: 'ID_DESC' } })).map(({ name }) => name);
}

import { ask } from '../../api/client.ts';
import type { WholeTableLoad } from '../../api/table-loads.ts';
import { count } from '../../lib/format.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';

/** Texts that are to be loaded in the place of rows, by the ids of the rows. */
export type Mends = ReadonlyMap<string, string>;

interface ReplayWish {
  readonly deployment: string;
  readonly load: WholeTableLoad;
  readonly mends: Mends;
  readonly key: string;
  readonly onStart: (flowRunId: string) => void;
}

/** Loads mended rows by a flow run: the warehouse is on a worker's machine. */
export function replayAct({ deployment, load: { table, warehouse }, mends, key, onStart }: ReplayWish): Act {
  const rows = [...mends].map(([id, raw]) => ({ id, raw }));
  const input = {
    params: { id: deployment },
    body: { parameters: { table, warehouse, rows }, tags: [table], idempotency_key: key },
  };
  const many = rows.length === 1 ? 'the mended row' : `${count(rows.length)} mended rows`;
  return act('POST /deployments/{id}/create_flow_run', input, {
    title: `Load ${many} of ${table}`,
    about: 'Rows that can be kept now are added to the table and leave the quarantine. The others stay, with the reason why.',
    confirm: 'Load',
    command: sluice('quarantine', 'replay', table, ...rows.flatMap(({ id, raw }) => ['--row', `${id}=${raw}`])),
    send: () => ask('POST /deployments/{id}/create_flow_run', input),
    done: ({ name }) => `${name} is made.`,
    onDone: ({ id }) => onStart(id),
  });
}

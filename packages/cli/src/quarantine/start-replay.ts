import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import { parametersAgain } from '@sluice/core/lib/load-again';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { readDeployment } from '../find/deployment.ts';
import type { MendedText } from './mended-rows.ts';

const REPLAY = 'quarantine-replay/quarantine-replay-deployment';

const start = (client: Client, id: string, table: string, parameters: JsonObject): Promise<FlowRun> =>
  client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: { parameters, tags: [table] } });

/** Starts a flow run that loads these texts in the place of the rows. */
export async function replayRows(client: Client, table: string, rows: readonly MendedText[], warehouse: string | undefined): Promise<FlowRun> {
  const { id } = await readDeployment(client, REPLAY);
  return start(client, id, table, { table, rows: rows.map(({ id: row, raw }) => ({ id: row, raw })), ...(warehouse !== undefined && { warehouse }) });
}

/** Starts a flow run that loads the table again, as it was loaded last, with other types: all of its rows have a column's type. */
export async function loadWithTypes(
  client: Client,
  table: string,
  types: Readonly<Record<string, string>>,
  warehouse: string | undefined,
): Promise<FlowRun> {
  const loads = await client.request('POST /table_loads/filter', { body: { table, ...(warehouse !== undefined && { warehouse }) } });
  const last = loads.find(({ replay_of }) => replay_of === null);
  const { parameters, deployment_id } = last ? await client.request('GET /table_loads/{id}', { params: { id: last.id } }) : {};
  if (parameters && deployment_id) return start(client, deployment_id, table, parametersAgain(parameters, types));
  throw new SluiceError('NOT_FOUND', `The server does not know how ${table} was loaded.`, {
    hint: 'Load it with sluice etl and the option --type, or by the deployment process-table-etl/process-table-etl-deployment.',
  });
}

import { SORTS } from '@sluice/core/api/filter-table';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import type { DeploymentCreate } from '@sluice/core/model/deployment';
import { sizeFault } from '@sluice/core/model/field-limits';
import type { z } from 'zod';
import type { Database, Sql } from '../../db/database.ts';
import { isForeignKeyError } from '../../db/failure.ts';
import type { NewsDesk } from '../../events/news.ts';
import { proposeFlowRun } from '../../orchestrate/propose.ts';
import { expectParameters, expectReadableSchema } from '../../schemas/parameters.ts';
import { keepVersion, listVersions, touchBundles } from '../../store/bundles.ts';
import {
  type DeploymentDefaults,
  deleteDeployment,
  readDefaults,
  readDeploymentByName,
  updateDeployment,
  upsertDeployment,
} from '../../store/deployments.ts';
import { compileFilters } from '../../store/filters.ts';
import { newFlowRun } from '../../store/new-runs.ts';
import { countRecords, listRecords, readRecord } from '../../store/records.ts';
import { insertWorkQueue, readPoolId, readQueueId } from '../../store/work-pools.ts';
import { expectFound, found, missing } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';
import { ifUnchanged } from '../if-unchanged.ts';
import { expectMade } from '../made.ts';

type Keys = Extract<keyof Handlers, `${string} /deployments/${string}`>;

export const deploymentHandlers = ({ database, database: { sql }, desk, door, newId, newName, schemas }: Deps): Handlers<Keys> => ({
  'POST /deployments/': async ({ body }) => {
    await expectReadableSchema(schemas, body.parameter_openapi_schema);
    const queueId = await placeOf(database, newId, body);
    const { id, created } = await database
      .transaction((tx) => deployIn(tx, newId(), queueId, body))
      .catch((cause) => {
        if (isForeignKeyError(cause)) throw missing(`Flow ${body.flow_id}`);
        throw cause;
      });
    desk.publish({ records: { deployment: [id] } });
    return createdReply((await readRecord(sql, 'deployment_view', { id })) as string, created);
  },
  'GET /deployments/{id}': async ({ params }) => found(`Deployment ${params.id}`, await readRecord(sql, 'deployment_view', { id: params.id })),
  'GET /deployments/name/{flow_name}/{deployment_name}': async ({ params: { flow_name, deployment_name } }) =>
    found(`Deployment ${flow_name}/${deployment_name}`, await readDeploymentByName(sql, flow_name, deployment_name)),
  'PATCH /deployments/{id}': async (request) => {
    const { params, body } = request;
    await expectReadableSchema(schemas, body.parameter_openapi_schema);
    const deployment = await readDefaults(sql, params.id);
    if (!deployment) throw missing(`Deployment ${params.id}`);
    const queueId = await placeOf(database, newId, {
      ...body,
      work_pool_name: body.work_pool_name ?? (body.work_queue_name && deployment.work_pool_name),
    });
    const edited = { table: 'deployment' as const, key: { id: params.id }, what: `Deployment ${deployment.flow_name}/${deployment.name}` };
    await ifUnchanged(database, request, edited, async (tx) => {
      if (body.bundle) await expectBundle(tx, body.bundle, deployment);
      const isThere = await updateDeployment(tx, params.id, queueId, body);
      await keepVersion(tx, params.id);
      return isThere;
    });
    roomChanged(desk, params.id);
    return undefined;
  },
  'POST /deployments/{id}/pause_deployment': ({ params }) => setPaused({ sql, desk }, params.id, true),
  'POST /deployments/{id}/resume_deployment': ({ params }) => setPaused({ sql, desk }, params.id, false),
  'DELETE /deployments/{id}': async ({ params }) => {
    expectFound(`Deployment ${params.id}`, await deleteDeployment(sql, params.id));
    roomChanged(desk, params.id);
    return undefined;
  },
  'POST /deployments/filter': async ({ body }) =>
    new Reply(
      await listRecords(sql, 'deployment_view', { ...body, where: compileFilters(sql, 'deployment', body), order: SORTS.deployment[body.sort] }),
    ),
  'POST /deployments/count': async ({ body }) => countRecords(sql, 'deployment_view', compileFilters(sql, 'deployment', body)),
  'POST /deployments/{id}/create_flow_run': async ({ params, body, writer }) => {
    const deployment = await readDefaults(sql, params.id);
    if (!deployment) throw missing(`Deployment ${params.id}`);
    const where = `${deployment.flow_name}/${deployment.name}`;
    const parameters = together(deployment.parameters as JsonObject, body.parameters);
    if (body.enforce_parameter_schema ?? deployment.enforce_parameter_schema) {
      await expectParameters(schemas, deployment.parameter_openapi_schema as JsonObject | null, parameters, where);
    }
    const { work_pool_name } = deployment;
    const lane = body.work_queue_name ? await placeOf(database, newId, { work_pool_name, work_queue_name: body.work_queue_name }) : undefined;
    const { version, bundle } = await versionOf(sql, deployment, body.version);
    const id = newId();
    const create = newFlowRun(body, {
      id,
      name: body.name ?? newName(),
      flow_id: deployment.flow_id,
      deployment_id: deployment.id,
      deployment_version: version,
      bundle,
      work_queue_id: lane ?? deployment.work_queue_id,
      parameters,
      tags: [...new Set([...deployment.tags, ...body.tags])],
      labels: { ...deployment.labels, ...body.labels } as JsonObject,
      infrastructure_document_id: body.infrastructure_document_id ?? deployment.infrastructure_document_id,
      created_by: { id: deployment.id, type: 'DEPLOYMENT', display_value: deployment.name },
    });
    const proposed = body.state ?? { type: 'SCHEDULED' as const };
    const outcome = await door.submit(proposeFlowRun({ id, create, state_id: newId(), proposed, force: true, writer }));
    const { created } = expectMade(outcome);
    return createdReply((await readRecord(sql, 'flow_run_view', { id: outcome.id })) as string, created);
  },
});

/** Makes or changes a deployment. What it was before stays one of its versions. */
async function deployIn(tx: Sql, id: string, queueId: string | undefined, body: z.output<typeof DeploymentCreate>) {
  if (body.bundle) await expectBundle(tx, body.bundle, body);
  const deployed = await upsertDeployment(tx, id, queueId, body);
  await keepVersion(tx, deployed.id);
  return deployed;
}

async function expectBundle(tx: Sql, name: string, deployment: { readonly flow_id: string; readonly name: string }): Promise<void> {
  if (await touchBundles(tx, name, deployment)) return;
  throw missing(`Bundle ${name}`, 'Store it first, as sluice deploy does.');
}

/** The version that a run asks for, by what it is called or by how its bundle's name begins; that which is deployed when it asks for none. */
async function versionOf(
  sql: Sql,
  deployment: DeploymentDefaults,
  wanted: string | null | undefined,
): Promise<{ readonly version: string | null; readonly bundle: string | null }> {
  if (wanted == null || wanted === deployment.version) return deployment;
  const versions = await listVersions(sql, deployment.id);
  const isBundle = /^[0-9a-f]{7,64}$/.test(wanted);
  const found = versions.find(({ version }) => version === wanted) ?? versions.find(({ bundle }) => isBundle && bundle.startsWith(wanted));
  if (found) return found;
  const known = versions.slice(0, 10).map(({ version, bundle }) => version ?? bundle.slice(0, 12));
  throw missing(
    `Version "${wanted}" of ${deployment.flow_name}/${deployment.name}`,
    known.length > 0 ? `The newest ones are: ${known.join(', ')}.` : 'No bundle of it is stored: deploy it with sluice deploy.',
  );
}

/** The deployment's parameters and the run's: two that are small enough may not be so together. */
function together(defaults: JsonObject, given: JsonObject): JsonObject {
  const parameters = { ...defaults, ...given };
  const fault = sizeFault('parameters', parameters);
  if (!fault) return parameters;
  throw new SluiceError('INVALID_REQUEST', `The parameters of the run and its deployment do not fit together: parameters ${fault}.`, {
    hint: 'Put the data into a file or a database and pass where it is.',
  });
}

/** Another limit, or none: runs that were kept back may start. */
const roomChanged = (desk: NewsDesk, id: string) => desk.publish({ claimable: true, records: { deployment: [id] } });

async function setPaused({ sql, desk }: { sql: Sql; desk: NewsDesk }, id: string, paused: boolean): Promise<null> {
  expectFound(`Deployment ${id}`, await updateDeployment(sql, id, undefined, { paused }));
  roomChanged(desk, id);
  return null;
}

interface Place {
  readonly work_pool_name?: string | null | undefined;
  readonly work_queue_name?: string | null | undefined;
}

/** The queue that a deployment names; undefined when it names none. An unknown pool is an error, an unknown queue is made. */
async function placeOf(database: Database, newId: () => string, { work_pool_name, work_queue_name }: Place): Promise<string | undefined> {
  if (!work_pool_name) {
    if (work_queue_name)
      throw new SluiceError('INVALID_REQUEST', `The work queue "${work_queue_name}" has no work pool.`, { hint: 'Name it as work_pool_name.' });
    return undefined;
  }
  return queueFor(database, newId, work_pool_name, work_queue_name ?? null);
}

async function queueFor(database: Database, newId: () => string, pool: string, queue: string | null): Promise<string> {
  const { sql } = database;
  const poolId = await readPoolId(sql, pool);
  if (!poolId) throw missing(`Work pool "${pool}"`, `Make it with: sluice work-pool create ${pool}`);
  const known = await readQueueId(sql, pool, queue);
  if (known) return known;
  await database.transaction((tx) => insertWorkQueue(tx, newId(), poolId, { name: queue as string, is_paused: false }));
  return (await readQueueId(sql, pool, queue)) as string;
}

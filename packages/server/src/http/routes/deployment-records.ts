import { SORTS } from '@sluice/core/api/filter-table';
import { toInstant } from '@sluice/core/lib/time';
import type { DeploymentCreate, DeploymentUpdate } from '@sluice/core/model/deployment';
import type { z } from 'zod';
import type { Sql } from '../../db/database.ts';
import { isForeignKeyError } from '../../db/failure.ts';
import { EVERYTHING } from '../../events/news.ts';
import { expectJobVariables } from '../../schemas/job-variables.ts';
import { expectReadableSchema } from '../../schemas/parameters.ts';
import { keepVersion, touchBundles } from '../../store/bundles.ts';
import { deleteWaitingRuns } from '../../store/delete-runs.ts';
import { deleteDeployments, noteServed, readDefaults, readDeploymentByName, updateDeployment, upsertDeployment } from '../../store/deployments.ts';
import { compileFilter, compileFilters } from '../../store/filters.ts';
import { readClock } from '../../store/lock-runs.ts';
import { queuesFor } from '../../store/queues-for.ts';
import { countRecords, listIds, listRecords, readRecord } from '../../store/records.ts';
import { lockSchedules } from '../../store/schedules.ts';
import { listDueOf } from '../../store/served-runs.ts';
import { readTemplate } from '../../store/work-pools.ts';
import { type AskedSchedule, askedSchedules, changeSchedules, keepsSchedules, renewRuns, replaceSchedules } from '../change-schedules.ts';
import { found, missing } from '../found.ts';
import type { Generation } from '../generation.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';
import { ifUnchanged } from '../if-unchanged.ts';
import { paginated } from '../paginate.ts';
import { placeOf } from '../place-of.ts';

type Keys = Exclude<
  Extract<keyof Handlers, `${string} /deployments/${string}`>,
  | `${string}/schedules${string}`
  | `${string}/schedule`
  | `${string}/backfill`
  | `${string}_deployment`
  | `${string}/set_schedule_active`
  | `${string}/set_schedule_inactive`
  | `${string}/create_flow_run${string}`
>;

type Filters = Parameters<typeof compileFilters>[2];

export const deploymentRecordHandlers = ({ database, desk, newId, schemas }: Deps): Handlers<Keys> => {
  const { sql } = database;
  const where = (body: Filters) => compileFilters(sql, 'deployment', body);
  const now = async () => toInstant(await readClock(sql));

  /** Prefect 3 checks what the pool's template says of them, Prefect 2 too; a pool that is not there is told of elsewhere. */
  const expectVariables = async (pool: string | null | undefined, { job_variables, infra_overrides }: Told, generation: Generation) => {
    const variables = job_variables ?? infra_overrides;
    if (!pool || !variables || Object.keys(variables).length === 0) return;
    const template = await readTemplate(sql, pool);
    if (template) await expectJobVariables(schemas, { template, pool, layers: [variables], required: false, generation });
  };

  const remove = async (ids: readonly string[]) => {
    const { deleted, runs } = await database.transaction(async (tx) => {
      for (const id of ids) await lockSchedules(tx, id);
      const runs = await deleteWaitingRuns(tx, ids, { auto: false, future: false });
      return { deleted: await deleteDeployments(tx, ids), runs };
    });
    desk.publish({ claimable: true, flow_runs: runs.flow_runs, limits: runs.limits, records: { deployment: deleted } });
    return deleted;
  };

  return {
    'POST /deployments/': async ({ body: sent, generation }) => {
      const body = told(sent, generation === 2 ? { enforce_parameter_schema: sent.enforce_parameter_schema ?? false } : {});
      await expectReadableSchema(schemas, body.parameter_openapi_schema);
      const schedules = askedSchedules(body, await now()) ?? (keepsSchedules(generation, body) ? undefined : []);
      const queueId = await placeOf({ database, newId }, body);
      await expectVariables(body.work_pool_name, body, generation);
      const { id, created, deleted } = await database
        .transaction((tx) => deployIn(tx, newId, { queueId, body, schedules }))
        .catch((cause) => {
          if (isForeignKeyError(cause)) throw missing(`Flow ${body.flow_id}`);
          throw cause;
        });
      desk.publish({ flow_runs: deleted.flow_runs, limits: deleted.limits, records: { deployment: [id] } });
      return createdReply((await readRecord(sql, 'deployment_view', { id })) as string, created);
    },
    'GET /deployments/{id}': async ({ params }) => found(`Deployment ${params.id}`, await readRecord(sql, 'deployment_view', { id: params.id })),
    'GET /deployments/name/{flow_name}/{deployment_name}': async ({ params: { flow_name, deployment_name } }) =>
      found(`Deployment ${flow_name}/${deployment_name}`, await readDeploymentByName(sql, flow_name, deployment_name)),
    'PATCH /deployments/{id}': async (request) => {
      const { params, generation } = request;
      const body = told(request.body, {});
      await expectReadableSchema(schemas, body.parameter_openapi_schema);
      const deployment = await readDefaults(sql, params.id);
      if (!deployment) throw missing(`Deployment ${params.id}`);
      const schedules = askedSchedules(body, await now());
      const pool = body.work_pool_name ?? (body.work_queue_name && deployment.work_pool_name);
      const queueId = await placeOf({ database, newId }, { ...body, work_pool_name: pool });
      // Prefect 2's clients send null for all that they do not mean.
      const leaves = generation === 3 && body.work_pool_name === null && !body.work_queue_name;
      await expectVariables(pool ?? deployment.work_pool_name, body, generation);
      const edited = { table: 'deployment' as const, key: { id: params.id }, what: `Deployment ${deployment.flow_name}/${deployment.name}` };
      const deleted = await ifUnchanged(database, request, edited, async (tx) => {
        await lockSchedules(tx, params.id);
        if (body.bundle) await expectBundle(tx, body.bundle, deployment);
        await updateDeployment(tx, params.id, leaves ? null : queueId, body);
        await keepVersion(tx, params.id);
        if (schedules) await changeSchedules(tx, params.id, schedules, newId);
        return renewRuns(tx, params.id);
      });
      desk.publish({ claimable: true, flow_runs: deleted.flow_runs, limits: deleted.limits, records: { deployment: [params.id] } });
      return undefined;
    },
    'DELETE /deployments/{id}': async ({ params }) => {
      if ((await remove([params.id])).length === 0) throw missing(`Deployment ${params.id}`);
      return undefined;
    },
    'POST /deployments/bulk_delete': async ({ body }) => {
      const asked = compileFilter(sql, 'deployment', body.deployments);
      return { deleted: await remove(await listIds(sql, 'deployment_view', { where: asked, order: 'name asc', limit: body.limit })) };
    },
    'POST /deployments/filter': async ({ body }) =>
      new Reply(await listRecords(sql, 'deployment_view', { ...body, where: where(body), order: SORTS.deployment[body.sort] })),
    'POST /deployments/paginate': ({ body }) =>
      paginated(
        body,
        (slice) => listRecords(sql, 'deployment_view', { ...slice, where: where(body), order: SORTS.deployment[body.sort] }),
        () => countRecords(sql, 'deployment_view', where(body)),
      ),
    'POST /deployments/count': async ({ body }) => countRecords(sql, 'deployment_view', where(body)),
    'POST /deployments/get_scheduled_flow_runs': async ({ body }) => {
      const [due] = await Promise.all([listDueOf(sql, body), noteServed(sql, body.deployment_ids)]);
      desk.publish({ records: { deployment: body.deployment_ids.length > 50 ? [EVERYTHING] : body.deployment_ids } });
      return new Reply(due);
    },
    'GET /deployments/{id}/work_queue_check': async ({ params }) => {
      if (!(await readRecord(sql, 'deployment_view', { id: params.id }))) throw missing(`Deployment ${params.id}`);
      return new Reply(await listRecords(sql, 'work_queue_view', { where: queuesFor(sql, params.id), order: 'name', limit: 200, offset: 0 }));
    },
  };
};

type Told = Pick<z.output<typeof DeploymentUpdate>, 'job_variables' | 'infra_overrides'>;

/** Prefect 2's word for what Prefect 3 calls paused is its opposite. */
function told<B extends Pick<z.output<typeof DeploymentUpdate>, 'paused' | 'is_schedule_active'>, M extends Partial<B>>(body: B, more: M): B {
  const { paused, is_schedule_active: isActive } = body;
  return { ...body, ...more, ...(paused === undefined && isActive != null && { paused: !isActive }) };
}

interface Deployed {
  readonly queueId: string | undefined;
  readonly body: z.output<typeof DeploymentCreate>;
  readonly schedules: readonly AskedSchedule[] | undefined;
}

/** Makes or changes a deployment. What it was before stays one of its versions; runs that its schedules have made do not stay. */
async function deployIn(tx: Sql, newId: () => string, { queueId, body, schedules }: Deployed) {
  if (body.bundle) await expectBundle(tx, body.bundle, body);
  const deployed = await upsertDeployment(tx, newId(), queueId, body);
  await keepVersion(tx, deployed.id);
  await lockSchedules(tx, deployed.id);
  if (schedules) await replaceSchedules(tx, deployed.id, schedules, newId);
  return { ...deployed, deleted: await renewRuns(tx, deployed.id) };
}

async function expectBundle(tx: Sql, name: string, deployment: { readonly flow_id: string; readonly name: string }): Promise<void> {
  if (await touchBundles(tx, name, deployment)) return;
  throw missing(`Bundle ${name}`, 'Store it first, as sluice deploy does.');
}

import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import { sizeFault } from '@sluice/core/model/field-limits';
import type { DeploymentFlowRunCreate } from '@sluice/core/model/flow-run';
import type { z } from 'zod';
import type { Sql } from '../../db/database.ts';
import type { Writer } from '../../orchestrate/change.ts';
import { proposeFlowRun } from '../../orchestrate/propose.ts';
import { expectJobVariables } from '../../schemas/job-variables.ts';
import { expectParameters } from '../../schemas/parameters.ts';
import { listVersions } from '../../store/bundles.ts';
import { type DeploymentDefaults, readDefaults } from '../../store/deployments.ts';
import { newFlowRun } from '../../store/new-runs.ts';
import { readRecord } from '../../store/records.ts';
import { readTemplate } from '../../store/work-pools.ts';
import { missing } from '../found.ts';
import type { Generation } from '../generation.ts';
import { createdReply, type Deps, type Handlers } from '../handlers.ts';
import { expectMade } from '../made.ts';
import { placeOf } from '../place-of.ts';

type Keys = Extract<keyof Handlers, `${string} /deployments/{id}/create_flow_run${string}`>;

/** Prefect's BULK_CREATE_LIMIT, 3.9.1. */
const MOST_AT_ONCE = 100;

interface Asker {
  readonly writer: Writer | null;
  readonly generation: Generation;
}

export const deploymentRunHandlers = ({ database, database: { sql }, door, newId, newName, schemas }: Deps): Handlers<Keys> => {
  async function expectVariables(deployment: DeploymentDefaults, asked: JsonObject, generation: Generation): Promise<void> {
    const template = deployment.work_pool_name ? await readTemplate(sql, deployment.work_pool_name) : undefined;
    if (!template || generation === 2) return;
    const layers = [deployment.job_variables as JsonObject, asked];
    await expectJobVariables(schemas, { template, pool: deployment.work_pool_name ?? '', layers, required: true, generation });
  }

  async function queueOf(deployment: DeploymentDefaults, name: string | null | undefined): Promise<string | null> {
    const { work_pool_name, work_queue_id } = deployment;
    if (!name) return work_queue_id;
    if (work_pool_name) return (await placeOf({ database, newId }, { work_pool_name, work_queue_name: name })) ?? null;
    throw new SluiceError(
      'NO_WORK_POOL',
      `Cannot create flow run in work queue ${name} because deployment ${deployment.id} is not associated with a work pool.`,
      { hint: 'Leave out work_queue_name, or give the deployment a work pool.' },
    );
  }

  async function run(deployment: DeploymentDefaults, body: z.output<typeof DeploymentFlowRunCreate>, { writer, generation }: Asker) {
    const where = `${deployment.flow_name}/${deployment.name}`;
    const parameters = together(deployment.parameters as JsonObject, body.parameters);
    if (body.enforce_parameter_schema ?? deployment.enforce_parameter_schema)
      await expectParameters(schemas, deployment.parameter_openapi_schema as JsonObject | null, parameters, where);
    await expectVariables(deployment, body.job_variables ?? {}, generation);
    const work_queue_id = await queueOf(deployment, body.work_queue_name);
    const { version, bundle } = await versionOf(sql, deployment, body.version);
    const id = newId();
    const create = newFlowRun(body, {
      id,
      name: body.name || newName(),
      flow_id: deployment.flow_id,
      deployment_id: deployment.id,
      deployment_version: version,
      bundle,
      work_queue_id,
      parameters,
      tags: [...new Set([...deployment.tags, ...body.tags])],
      labels: { ...deployment.labels, ...body.labels } as JsonObject,
      infrastructure_document_id: body.infrastructure_document_id ?? deployment.infrastructure_document_id,
      created_by: { id: deployment.id, type: 'DEPLOYMENT', display_value: deployment.name },
    });
    const proposed = body.state ?? { type: 'SCHEDULED' as const };
    return expectMade(await door.submit(proposeFlowRun({ id, create, state_id: newId(), proposed, force: true, writer })));
  }

  async function deploymentOf(id: string): Promise<DeploymentDefaults> {
    const deployment = await readDefaults(sql, id);
    if (!deployment) throw missing(`Deployment ${id}`);
    return deployment;
  }

  return {
    'POST /deployments/{id}/create_flow_run': async ({ params, body, writer, generation }) => {
      const { id, created } = await run(await deploymentOf(params.id), body, { writer, generation });
      return createdReply((await readRecord(sql, 'flow_run_view', { id })) as string, created);
    },
    'POST /deployments/{id}/create_flow_run/bulk': async ({ params, body, writer, generation }) => {
      if (body.length > MOST_AT_ONCE)
        throw new SluiceError('TOO_MANY_RUNS', `Cannot create more than ${MOST_AT_ONCE} flow runs at once.`, { hint: 'Send them in parts.' });
      const deployment = await deploymentOf(params.id);
      const made = await Promise.all(
        body.map(async (asked) => {
          try {
            const { id } = await run(deployment, asked, { writer, generation });
            return { flow_run_id: id, status: 'CREATED' as const, error: null };
          } catch (error) {
            if (!(error instanceof SluiceError) || error.kind.retryable) throw error;
            return { flow_run_id: null, status: 'FAILED' as const, error: error.message };
          }
        }),
      );
      return { results: made };
    },
  };
};

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

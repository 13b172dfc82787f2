import { uuidv7 } from 'uuidv7';

export interface Row {
  readonly id: string;
  readonly [column: string]: unknown;
}

const STATES = ['SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED'] as const;
const TAGS = [[], ['red'], ['red', 'blue'], ['Größe'], ['a"b', 'c,d', '{e}']];
const NAMES = ['alpha', 'ALPHA beta', '100%', 'under_score', 'back\\slash', 'größe'];
const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

/** A few dozen records of every noun, of all kinds that a filter could tell apart. */
export async function populate(post: (path: string, body: unknown) => Promise<Row>): Promise<void> {
  for (const index of [0, 1]) await post('/work_pools/', { name: `pool-${index}`, type: pick(['process', 'docker'], index) });
  for (const name of ['lane', 'lane-2', 'other']) await post('/work_pools/pool-0/queues', { name });
  for (const index of [0, 1, 2]) {
    const beat = { worker_id: uuidv7(), name: `w-${index}`, concurrency_limit: 1, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
    await post('/work_pools/pool-0/workers/beat', beat);
  }
  for (const [index, name] of ['alpha', 'alpha_beta', 'x-1', 'a_b'].entries())
    await post('/variables/', { name, value: index, tags: pick(TAGS, index) });
  for (const [index, name] of ['alpha', 'alpha_beta', 'x-1', 'a_b'].entries())
    await post('/automations/', { name, trigger: { posture: 'Reactive' }, actions: [], tags: pick(TAGS, index) });
  await populateBlocks(post);
  const flows = [];
  for (const [index, name] of NAMES.entries()) flows.push(await post('/flows/', { name: name.replace('%', ' percent'), tags: pick(TAGS, index) }));
  const deployments = [];
  for (let index = 0; index < 8; index++) {
    const place = pick([{}, { work_pool_name: 'pool-0', work_queue_name: 'lane' }, { work_pool_name: 'pool-1' }], index);
    deployments.push(
      await post('/deployments/', {
        name: pick(NAMES, index) + index,
        flow_id: pick(flows, index).id,
        paused: index % 2 === 0,
        tags: pick(TAGS, index),
        ...place,
      }),
    );
  }
  const parents: Row[] = [];
  for (let index = 0; index < 40; index++) {
    const deployment = index % 3 === 0 ? pick(deployments, index) : undefined;
    const state = { type: pick(STATES, index), name: index % 7 === 0 ? 'Special' : null, state_details: {} };
    const parent = index % 5 === 4 ? pick(parents, index) : undefined;
    const run = await post('/flow_runs/', {
      flow_id: deployment?.['flow_id'] ?? pick(flows, index).id,
      name: `${pick(NAMES, index)} ${index}`,
      tags: pick(TAGS, index),
      state: state.type === 'SCHEDULED' ? { ...state, state_details: { scheduled_time: `2026-01-0${(index % 9) + 1}T00:00:00Z` } } : state,
      ...(deployment && { deployment_id: deployment.id }),
      ...(index % 2 === 0 && { flow_version: pick(['v1', 'v2'], index / 2) }),
      ...(index % 4 === 0 && { idempotency_key: `key-${index}` }),
      ...(index % 3 === 1 && { work_pool_name: pick(['pool-0', 'pool-1'], index) }),
      ...(parent && { parent_task_run_id: parent.id }),
    });
    const task = await post('/task_runs/', {
      flow_run_id: index % 6 === 5 ? null : run.id,
      task_key: 't',
      dynamic_key: String(index),
      name: `${pick(NAMES, index + 1)} ${index}`,
      tags: pick(TAGS, index + 2),
      state: { type: pick(STATES, index + 1) },
    });
    parents.push(task);
    const line = {
      name: 'n',
      level: pick([10, 20, 30, 40], index),
      message: `m ${index}`,
      timestamp: `2026-01-01T00:00:${String(index % 20).padStart(2, '0')}.5Z`,
    };
    await post('/artifacts/', {
      key: index % 4 === 3 ? null : pick(['a', 'a-b', 'report', '0'], index + (index % 5)),
      type: pick(['table', 'markdown', null], index),
      data: index,
      flow_run_id: run.id,
      task_run_id: index % 2 ? task.id : null,
    });
    await post('/logs/', [{ ...line, flow_run_id: index % 6 === 5 ? null : run.id, task_run_id: index % 2 ? task.id : null }]);
  }
}

/** Types, schemas and blocks, and policies that name the blocks. */
async function populateBlocks(post: (path: string, body: unknown) => Promise<Row>): Promise<void> {
  for (const [index, name] of ['Alpha', 'alpha beta', '100', 'under_score'].entries()) {
    const { id: block_type_id } = await post('/block_types/', { name, slug: `type-${index}` });
    const schema = { block_type_id, version: pick(['1', '2'], index), capabilities: pick([[], ['get-directory'], ['a', 'b']], index) };
    const { id: block_schema_id } = await post('/block_schemas/', { ...schema, fields: { title: name } });
    const block = { block_type_id, block_schema_id, name: pick(['alpha', 'a-b', 'x'], index) };
    const { id: block_document_id } = await post('/block_documents/', block);
    await post('/flow_run_notification_policies/', { is_active: index % 2 === 0, state_names: [], tags: [], block_document_id });
  }
}

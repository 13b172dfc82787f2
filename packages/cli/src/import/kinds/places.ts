import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { WorkPoolCreate, WorkQueueCreate } from '@sluice/core/model/work-pool';
import { filled, type Kind, keyOf } from '../item.ts';
import { readAll } from '../read-all.ts';

export const workPools: Kind = {
  accepts: WorkPoolCreate,
  list: async (client) =>
    (await readAll(client, 'POST /work_pools/filter')).map((pool) => {
      const { name, description, type, base_job_template, is_paused, concurrency_limit } = pool;
      return { kind: 'work pool', name, fields: filled({ name, description, type, base_job_template, is_paused, concurrency_limit }), needs: [] };
    }),
  create: (client, { fields }) => client.request('POST /work_pools/', { body: fields as never }),
};

export const workQueues: Kind = {
  accepts: WorkQueueCreate,
  list: async (client) => {
    const queues = await readAll(client, 'POST /work_queues/filter');
    // The one of the lowest number first: one that is made later with the number of another moves that one.
    return queues
      .filter(({ work_pool_name }) => work_pool_name)
      .sort((a, b) => a.priority - b.priority)
      .map(({ name, description, is_paused, concurrency_limit, priority, work_pool_name }) => ({
        kind: 'work queue',
        name: `${work_pool_name}/${name}`,
        fields: filled({ name, description, is_paused, concurrency_limit, priority }),
        needs: [keyOf('work pool', work_pool_name)],
      }));
  },
  /** The default queue is made with its pool. */
  create: async (client, { name: path, fields }) => {
    const name = path.slice(0, path.indexOf('/'));
    try {
      await client.request('POST /work_pools/{name}/queues', { params: { name }, body: fields as never });
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'CONFLICT') throw error;
      const params = { name, queue: String(fields['name']) };
      await client.request('PATCH /work_pools/{name}/queues/{queue}', { params, body: fields as never });
    }
  },
};

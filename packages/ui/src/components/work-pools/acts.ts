import type { RouteInput } from '@sluice/core/api/routes';
import type { WorkPool, WorkQueue } from '../../api/work-pools.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';
import { changeFlags } from '../acts/change-flags.ts';

type PoolChanges = RouteInput<'PATCH /work_pools/{name}'>['body'];
type QueueChanges = RouteInput<'PATCH /work_pools/{name}/queues/{queue}'>['body'];

export function pausePool({ name, is_paused: isPaused }: WorkPool): Act {
  const verb = isPaused ? 'resume' : 'pause';
  return act(
    'PATCH /work_pools/{name}',
    { params: { name }, body: { is_paused: !isPaused } },
    {
      title: `${isPaused ? 'Resume' : 'Pause'} work pool ${name}`,
      about: isPaused ? 'Runs that wait in it may start.' : 'No run of it starts until it is resumed. What runs already goes on.',
      confirm: isPaused ? 'Resume' : 'Pause',
      done: `${name} is ${verb}d.`,
      command: sluice('work-pool', verb, name),
    },
  );
}

export const changePool = ({ name }: WorkPool, body: PoolChanges, asSeen: WorkPool): Act =>
  act(
    'PATCH /work_pools/{name}',
    { params: { name }, body },
    {
      title: `Change work pool ${name}`,
      confirm: 'Save',
      done: `${name} is changed.`,
      command: sluice('work-pool', 'update', name, ...changeFlags(body)),
      asSeen,
    },
  );

export const createPool = (body: RouteInput<'POST /work_pools/'>['body'], onDone: (pool: WorkPool) => void): Act =>
  act(
    'POST /work_pools/',
    { body },
    {
      title: 'Create a work pool',
      about: 'Deployments send their runs to it, and workers of it take them.',
      confirm: 'Create',
      done: `The work pool ${body.name} is made.`,
      command: sluice('work-pool', 'create', body.name || 'NAME', ...(body.type ? ['--type', body.type] : []), ...changeFlags(body)),
      onDone,
    },
  );

export const deletePool = ({ name }: WorkPool, onDone: () => void): Act =>
  act(
    'DELETE /work_pools/{name}',
    { params: { name } },
    {
      title: `Delete work pool ${name}`,
      about: 'Its queues are deleted too, its deployments have no pool then, and no worker takes the runs that wait in it.',
      confirm: 'Delete',
      kind: 'danger',
      done: `The work pool ${name} is deleted.`,
      command: sluice('work-pool', 'delete', name, '--yes'),
      onDone,
    },
  );

const ofQueue = ({ work_pool_name: name, name: queue }: WorkQueue) => ({ name, queue });

export function pauseQueue(queue: WorkQueue): Act {
  const { name, is_paused: isPaused, work_pool_name: pool } = queue;
  const verb = isPaused ? 'resume' : 'pause';
  return act(
    'PATCH /work_pools/{name}/queues/{queue}',
    { params: ofQueue(queue), body: { is_paused: !isPaused } },
    {
      title: `${isPaused ? 'Resume' : 'Pause'} work queue ${name}`,
      about: isPaused ? 'Runs that wait in it may start.' : 'No run of it starts until it is resumed. What runs already goes on.',
      confirm: isPaused ? 'Resume' : 'Pause',
      done: `${name} is ${verb}d.`,
      command: sluice('work-queue', verb, name, '--pool', pool),
    },
  );
}

export const changeQueue = (queue: WorkQueue, body: QueueChanges, asSeen: WorkQueue): Act =>
  act(
    'PATCH /work_pools/{name}/queues/{queue}',
    { params: ofQueue(queue), body },
    {
      title: `Change work queue ${queue.name}`,
      confirm: 'Save',
      done: `${queue.name} is changed.`,
      command: sluice('work-queue', 'update', queue.name, '--pool', queue.work_pool_name, ...changeFlags(body, '--limit')),
      asSeen,
    },
  );

export function createQueue(pool: string, body: RouteInput<'POST /work_pools/{name}/queues'>['body']): Act {
  const { name, concurrency_limit: limit, priority } = body;
  return act(
    'POST /work_pools/{name}/queues',
    { params: { name: pool }, body },
    {
      title: `Create a work queue in ${pool}`,
      about: 'A lane of the pool, with a limit and a priority of its own.',
      confirm: 'Create',
      done: `The work queue ${name} is made.`,
      command: sluice(
        'work-queue',
        'create',
        name || 'NAME',
        '--pool',
        pool,
        ...(limit === undefined || limit === null ? [] : ['--limit', limit]),
        ...(priority ? ['--priority', priority] : []),
      ),
    },
  );
}

export const deleteQueue = (queue: WorkQueue): Act =>
  act(
    'DELETE /work_pools/{name}/queues/{queue}',
    { params: ofQueue(queue) },
    {
      title: `Delete work queue ${queue.name}`,
      about: 'Runs that wait in it are taken by nobody then.',
      confirm: 'Delete',
      kind: 'danger',
      done: `The work queue ${queue.name} is deleted.`,
      command: sluice('work-queue', 'delete', queue.name, '--pool', queue.work_pool_name, '--yes'),
    },
  );

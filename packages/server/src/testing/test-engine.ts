import type { StateType } from '@sluice/core/model/state-type';
import { type Database, openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { createDispatcher, type Dispatcher } from '../dispatch/dispatcher.ts';
import { createLending, type Lending } from '../dispatch/lending.ts';
import { createSlotKeeper, type SlotKeeper } from '../dispatch/slots.ts';
import { createWaitNotes, type WaitNotes } from '../dispatch/wait-notes.ts';
import { createWaiting, type Waiting } from '../dispatch/waiting.ts';
import { createNewsDesk, type NewsDesk } from '../events/news.ts';
import { newId } from '../lib/new-id.ts';
import type { FlowRunChange, TaskRunChange } from '../orchestrate/change.ts';
import { createDoor, type Door } from '../orchestrate/door.ts';
import { proposeFlowRun, proposeTaskRun } from '../orchestrate/propose.ts';
import type { NewFlowRun, NewTaskRun } from '../store/new-runs.ts';
import { createTestDatabase } from './test-database.ts';

/** What a server is made of, without HTTP and without services: tests call what they mean and tick what they want. */
export interface TestEngine extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly database: Database;
  readonly sql: Database['sql'];
  readonly desk: NewsDesk;
  readonly door: Door;
  readonly lending: Lending;
  readonly dispatcher: Dispatcher;
  readonly slots: SlotKeeper;
  readonly waiting: Waiting;
  readonly notes: WaitNotes;
  readonly newId: () => string;
}

export const LEASE_SECONDS = 30;

export async function startTestEngine(postgres: string): Promise<TestEngine> {
  const owned = await createTestDatabase(postgres);
  await migrate(owned.url);
  const database = openDatabase(owned.url, { max: 6 });
  const desk = createNewsDesk();
  const door = createDoor({ database, desk, newId });
  const lending = createLending({ database, desk });
  const dispatcher = createDispatcher({ database, door, desk, lending, newId, leaseSeconds: LEASE_SECONDS });
  const notes = createWaitNotes({ database, newId });
  const slots = createSlotKeeper({ database, desk, newId });
  const waiting = createWaiting({ database, desk, lending, notes });
  const stop = async () => {
    await slots.close();
    dispatcher.close();
    await door.close();
    await notes.close();
    await database.sql.end({ timeout: 0 });
    await owned.drop();
  };
  const { sql } = database;
  return { databaseUrl: owned.url, database, sql, desk, door, lending, dispatcher, slots, waiting, notes, newId, [Symbol.asyncDispose]: stop };
}

const FREE = { max_retries: 0, retry_delay_seconds: 0 };

/** A proposal to a flow run that is there. */
export const flowChange = (id: string, type: StateType, parts: Partial<FlowRunChange> = {}): FlowRunChange =>
  proposeFlowRun({ id, state_id: newId(), proposed: { type }, ...parts });

/** A flow run that is to be made, SCHEDULED for now. */
export function newFlowRun(flow_id: string, row: Partial<NewFlowRun> = {}, parts: Partial<FlowRunChange> = {}): FlowRunChange {
  const id = row.id ?? newId();
  const create = {
    id,
    name: 'run',
    flow_id,
    deployment_id: null,
    deployment_version: null,
    work_queue_id: null,
    flow_version: null,
    parameters: {},
    idempotency_key: null,
    context: {},
    empirical_policy: FREE,
    tags: [],
    labels: {},
    parent_task_run_id: null,
    infrastructure_document_id: null,
    bundle: null,
    created_by: null,
    job_variables: null,
    auto_scheduled: false,
    ...row,
  };
  return flowChange(id, 'SCHEDULED', { create, force: true, ...parts });
}

export const taskChange = (id: string, type: StateType, parts: Partial<TaskRunChange> = {}): TaskRunChange =>
  proposeTaskRun({ id, state_id: newId(), proposed: { type }, ...parts });

/** A task run that is made and started in one message, as the SDK does. */
export function taskStep(flow_run_id: string | null, row: Partial<NewTaskRun> = {}, parts: Partial<TaskRunChange> = {}): TaskRunChange {
  const id = row.id ?? newId();
  const create = {
    id,
    name: 'task',
    flow_run_id,
    task_key: 'task',
    dynamic_key: id,
    cache_key: null,
    cache_expiration: null,
    task_version: null,
    empirical_policy: FREE,
    tags: [],
    labels: {},
    task_inputs: {},
    ...row,
  };
  return taskChange(id, 'RUNNING', { create, step: true, ...parts });
}

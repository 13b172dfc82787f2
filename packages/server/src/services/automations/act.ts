import { type BlockMessage, blockMessages } from '@sluice/core/automation/block-message';
import { NOTIFY_OF_FLOW_RUN, renderPythonTemplate } from '@sluice/core/automation/notification-policy';
import { renderTemplate, renderValues } from '@sluice/core/automation/template';
import { SECOND, toInstant } from '@sluice/core/lib/time';
import type { Event } from '@sluice/core/model/event';
import { aboutOf, type DueAction } from '../../store/automation-state.ts';

/** Calls a route of this server's own API. */
export type CallApi = (method: string, path: string, body?: unknown) => Promise<{ readonly status: number; readonly json: unknown }>;

/** What was to be done cannot be done: why. */
export class ActionFailed extends Error {}

interface Act {
  readonly due: DueAction;
  readonly event: Event | null;
  /** What templates may name. */
  readonly values: { readonly [name: string]: unknown };
  readonly call: CallApi;
}

const HOUR = 3600 * SECOND;
const DELAY_MS = 10_000;

async function expectDone({ call }: Act, method: string, path: string, body?: unknown): Promise<unknown> {
  const { status, json } = await call(method, path, body);
  if (status < 300) return json;
  const { detail, exception_message } = (json ?? {}) as { detail?: string; exception_message?: string };
  throw new ActionFailed(`${method} ${path}: ${status} ${detail ?? exception_message ?? ''}`.trim());
}

/** The id of the thing that an action is about: the one that it names, or one that the event is about. */
function subject({ due: { action }, event }: Act, kind: string, field: string): string {
  const chosen = action['source'] === 'inferred' ? undefined : action[field];
  if (typeof chosen === 'string') return chosen;
  const prefix = `prefect.${kind}.`;
  const found = [event?.resource, ...(event?.related ?? [])].find((labels) => labels?.['prefect.resource.id']?.startsWith(prefix));
  if (!found) throw new ActionFailed(`No ${kind} is related to the event that triggered this.`);
  return (found['prefect.resource.id'] as string).slice(prefix.length);
}

const deployment = (act: Act) => subject(act, 'deployment', 'deployment_id');
const flowRun = (act: Act) => subject(act, 'flow-run', 'flow_run_id');

async function runDeployment(act: Act): Promise<void> {
  const { action, automation_id, index, id } = act.due;
  const after = Number(action['schedule_after'] ?? 0);
  await expectDone(act, 'POST', `/deployments/${deployment(act)}/create_flow_run`, {
    ...(action['parameters'] != null && { parameters: renderValues(action['parameters'], act.values) }),
    ...(action['job_variables'] != null && { job_variables: renderValues(action['job_variables'], act.values) }),
    state: { type: 'SCHEDULED', state_details: { scheduled_time: toInstant(Date.now() * 1000 + after * SECOND) } },
    // Done again after a crash, it finds the run that it has made.
    idempotency_key: `automation ${automation_id}, action ${index}, invocation ${id}`,
  });
}

async function setState(act: Act, state: object, force = false): Promise<void> {
  const answer = (await expectDone(act, 'POST', `/flow_runs/${flowRun(act)}/set_state`, { state, force })) as {
    status?: string;
    details?: { reason?: string };
  };
  if (answer.status === 'ABORT') throw new ActionFailed(answer.details?.reason ?? 'The state was refused.');
}

const changeState = (act: Act) => {
  const { name, state, message, force } = act.due.action;
  return setState(act, { type: state, name, message: message ?? `State changed by Automation ${act.due.automation_id}` }, force === true);
};

async function switchPool(act: Act, is_paused: boolean): Promise<void> {
  const id = subject(act, 'work-pool', 'work_pool_id');
  const [pool] = (await expectDone(act, 'POST', '/work_pools/filter', { work_pools: { id: { any_: [id] } } })) as { name: string }[];
  if (!pool) throw new ActionFailed(`Work pool ${id} is not there.`);
  await expectDone(act, 'PATCH', `/work_pools/${encodeURIComponent(pool.name)}`, { is_paused });
}

const switchQueue = (act: Act, is_paused: boolean) =>
  expectDone(act, 'PATCH', `/work_queues/${subject(act, 'work-queue', 'work_queue_id')}`, { is_paused });
const switchAutomation = (act: Act, enabled: boolean) =>
  expectDone(act, 'PATCH', `/automations/${subject(act, 'automation', 'automation_id')}`, { enabled });

interface Block {
  readonly data: { readonly [field: string]: unknown };
  readonly block_type?: { readonly slug?: string };
}

const readBlock = async (act: Act) =>
  (await expectDone(act, 'GET', `/block_documents/${String(act.due.action['block_document_id'])}?include_secrets=true`)) as Block;

async function send({ url, method, headers, body }: BlockMessage): Promise<void> {
  const answer = await fetch(url, { method, headers, signal: AbortSignal.timeout(DELAY_MS), ...(body !== undefined && { body }) }).catch(
    (error: Error) => {
      throw new ActionFailed(`The address of the block does not answer: ${error.message}`);
    },
  );
  if (!answer.ok) throw new ActionFailed(`The address of the block answered ${answer.status}.`);
}

async function callWebhook(act: Act): Promise<void> {
  const { data } = await readBlock(act);
  const payload = act.due.action['payload'];
  const text = payload == null ? '' : typeof payload === 'string' ? payload : JSON.stringify(payload);
  const method = String(data['method'] ?? 'POST');
  const body = method === 'GET' ? undefined : renderTemplate(text, act.values);
  const headers = Object.fromEntries(Object.entries((data['headers'] ?? {}) as object).map(([name, value]) => [name, String(value)]));
  await send({ url: String(data['url']), method, headers: { 'content-type': 'application/json', ...headers }, body });
}

async function tellBlock(act: Act, title: string, body: string): Promise<void> {
  const { data, block_type } = await readBlock(act);
  const slug = block_type?.slug ?? '?';
  const messages = blockMessages(slug, data, { title, body });
  if (!messages) throw new ActionFailed(`Blocks of type ${slug} are not notified by this server.`);
  for (const message of messages) await send(message);
}

const notify = (act: Act) => {
  const { subject: title, body } = act.due.action;
  return tellBlock(act, renderTemplate(String(title ?? ''), act.values), renderTemplate(String(body ?? ''), act.values));
};

/** The subject and the values are those of Prefect 2.13.7; parameters are told as JSON. */
async function notifyOfFlowRun(act: Act): Promise<void> {
  const { resource } = act.event as Event;
  const flow_run_id = flowRun(act);
  const run = (await expectDone(act, 'GET', `/flow_runs/${flow_run_id}`)) as { name: string; flow_id: string; parameters: unknown };
  const flow = (await expectDone(act, 'GET', `/flows/${run.flow_id}`)) as { name: string };
  const { api_url } = (await expectDone(act, 'GET', '/admin/status')) as { api_url: string };
  const body = renderPythonTemplate(String(act.due.action['message_template']), {
    flow_id: run.flow_id,
    flow_name: flow.name,
    flow_run_id,
    flow_run_name: run.name,
    flow_run_notification_policy_id: act.due.automation_id,
    flow_run_parameters: JSON.stringify(run.parameters),
    flow_run_state_message: resource['prefect.state-message'] ?? '',
    flow_run_state_name: resource['prefect.state-name'] ?? '',
    flow_run_state_timestamp: resource['prefect.state-timestamp'] ?? '',
    flow_run_state_type: resource['prefect.state-type'] ?? '',
    flow_run_url: api_url.replace(/\/api$/, `/runs/${flow_run_id}`),
  });
  await tellBlock(act, 'Prefect flow run notification', body);
}

const ACTS: { readonly [type: string]: (act: Act) => Promise<unknown> } = {
  'do-nothing': async () => {},
  'run-deployment': runDeployment,
  'pause-deployment': (act) => expectDone(act, 'POST', `/deployments/${deployment(act)}/pause_deployment`),
  'resume-deployment': (act) => expectDone(act, 'POST', `/deployments/${deployment(act)}/resume_deployment`),
  'cancel-flow-run': (act) => setState(act, { type: 'CANCELLING', message: `Cancelled by Automation ${act.due.automation_id}` }),
  'suspend-flow-run': (act) =>
    setState(act, {
      type: 'PAUSED',
      name: 'Suspended',
      message: `Suspended by Automation ${act.due.automation_id}`,
      state_details: { pause_reschedule: true, pause_timeout: toInstant(Date.now() * 1000 + HOUR) },
    }),
  'resume-flow-run': (act) => expectDone(act, 'POST', `/flow_runs/${flowRun(act)}/resume`, {}),
  'delete-flow-run': (act) => expectDone(act, 'DELETE', `/flow_runs/${flowRun(act)}`),
  'change-flow-run-state': changeState,
  'pause-work-pool': (act) => switchPool(act, true),
  'resume-work-pool': (act) => switchPool(act, false),
  'pause-work-queue': (act) => switchQueue(act, true),
  'resume-work-queue': (act) => switchQueue(act, false),
  'pause-automation': (act) => switchAutomation(act, false),
  'resume-automation': (act) => switchAutomation(act, true),
  'call-webhook': callWebhook,
  'send-notification': notify,
  [NOTIFY_OF_FLOW_RUN]: notifyOfFlowRun,
};

/** Does what an automation is to do; rejects with the reason when it cannot. */
export async function act(due: DueAction, automation: unknown, call: CallApi): Promise<void> {
  const event = aboutOf(due);
  const record = async (kind: string, path: string) => {
    const labels = [event?.resource, ...(event?.related ?? [])].find((one) => one?.['prefect.resource.id']?.startsWith(`prefect.${kind}.`));
    const id = labels?.['prefect.resource.id']?.slice(`prefect.${kind}.`.length);
    const answer = id ? await call('GET', `${path}${id}`) : undefined;
    return answer?.status === 200 ? answer.json : undefined;
  };
  const needsValues = /\{\{/.test(JSON.stringify(due.action));
  const records = needsValues
    ? {
        flow_run: await record('flow-run', '/flow_runs/'),
        deployment: await record('deployment', '/deployments/'),
        flow: await record('flow', '/flows/'),
      }
    : {};
  const values = { event, automation, firing: due.firing, labels: due.firing.triggering_labels, ...records };
  await (ACTS[due.action.type] ?? ACTS['do-nothing'])?.({ due, event, values, call });
}

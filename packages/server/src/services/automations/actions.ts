import { ledHereBy } from '@sluice/core/automation/chain';
import { NOTIFY_OF_FLOW_RUN } from '@sluice/core/automation/notification-policy';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { EventCreate } from '@sluice/core/model/event';
import type { Database } from '../../db/database.ts';
import type { NewsDesk } from '../../events/news.ts';
import { aboutOf, type DueAction, deleteAction, postponeAction, takeAction } from '../../store/automation-state.ts';
import { insertEvents } from '../../store/client-events.ts';
import { readRecord } from '../../store/records.ts';
import type { Service } from '../service.ts';
import { ActionFailed, act, type CallApi } from './act.ts';
import { instantNow } from './automations.ts';

interface Deps {
  readonly database: Database;
  readonly desk: NewsDesk;
  readonly newId: () => string;
  readonly call: CallApi;
}

/** One tick does no more. */
const MOST = 100;
/** A server that is stopped, or a database that is away, is tried again so often. */
const MOST_TRIES = 5;

/** That a policy of Prefect 2 could not tell somebody of a run, which Prefect 2 writes into the log of its server. */
const failedPolicy = ({ automation_id, firing }: DueAction, reason: string, newId: () => string): EventCreate => ({
  id: newId(),
  occurred: instantNow(),
  event: 'sluice.flow-run-notification.failed',
  resource: { 'prefect.resource.id': `sluice.flow-run-notification-policy.${automation_id}` },
  related: [
    { 'prefect.resource.id': firing.triggering_event?.resource['prefect.resource.id'] ?? '', 'prefect.resource.role': 'flow-run' },
    ...ledHereBy(firing.triggering_event),
  ],
  payload: { reason },
});

/** What became of it, as Prefect tells it: that it was triggered, and that it was executed or has failed. */
function outcomeEvents(due: DueAction, name: string, trigger: string, reason: string | undefined, newId: () => string): EventCreate[] {
  if (due.action.type === NOTIFY_OF_FLOW_RUN) return reason === undefined ? [] : [failedPolicy(due, reason, newId)];
  const event = aboutOf(due);
  const payload = { action_index: due.index, action_type: due.action.type, invocation: due.id };
  const resource = {
    'prefect.resource.id': `prefect.automation.${due.automation_id}`,
    'prefect.resource.name': name,
    'prefect.trigger-type': trigger,
  };
  const link = (id: string | undefined, role: string) =>
    id ? [{ 'prefect.resource.id': `prefect.event.${id}`, 'prefect.resource.role': role }] : [];
  const related = [...link(due.firing.told_id, 'automation-triggered-event'), ...link(event?.id, 'triggering-event'), ...ledHereBy(event)];
  const triggered = newId();
  return [
    {
      id: triggered,
      occurred: due.firing.triggered,
      event: 'prefect.automation.action.triggered',
      resource,
      related,
      payload,
      follows: event?.id ?? null,
    },
    {
      id: newId(),
      occurred: instantNow(),
      event: `prefect.automation.action.${reason === undefined ? 'executed' : 'failed'}`,
      resource,
      related,
      payload: reason === undefined ? payload : { ...payload, reason },
      follows: triggered,
    },
  ];
}

/**
 * Does what automations are to do, one after the other. Each is locked while it is done, so that no other server does it; a server
 * that dies in the middle leaves it to be done again, and what it makes is found by its key. Prefect's actions.
 */
export const createAutomationActions = ({ database, desk, newId, call }: Deps): Service => ({
  name: 'automation-actions',
  everySeconds: 0.5,
  tick: async () => {
    let done = 0;
    while (done < MOST && (await doNext({ database, newId, call }))) done++;
    if (done > 0) desk.publish({ events: true });
    return { done };
  },
});

function doNext({ database, newId, call }: Omit<Deps, 'desk'>): Promise<boolean> {
  return database.transaction(async (sql) => {
    const due = await takeAction(sql);
    if (!due) return false;
    const json = await readRecord(sql, 'automation_view', { id: due.automation_id });
    const automation = (json ? JSON.parse(json) : {}) as { name?: string; trigger?: { type?: string } };
    let reason: string | undefined;
    try {
      await act(due, automation, call);
    } catch (error) {
      if (!(error instanceof ActionFailed) && due.tries < MOST_TRIES) {
        await postponeAction(sql, due.id, 2 ** due.tries);
        return true;
      }
      reason = messageOf(error);
    }
    await deleteAction(sql, due.id);
    const events = outcomeEvents(due, automation.name ?? '', automation.trigger?.type ?? 'event', reason, newId);
    if (events.length > 0)
      await insertEvents(
        sql,
        events.map((event) => ({ ...event, records: false })),
      );
    return true;
  });
}

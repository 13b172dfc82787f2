import { ledHereBy } from '@sluice/core/automation/chain';
import { automationOfPolicy, NOTIFY_OF_FLOW_RUN } from '@sluice/core/automation/notification-policy';
import { eventOf } from '@sluice/core/automation/triggers';
import { toInstant } from '@sluice/core/lib/time';
import type { Action } from '@sluice/core/model/automation';
import type { Event, EventCreate } from '@sluice/core/model/event';
import type { Database } from '../../db/database.ts';
import type { NewsDesk } from '../../events/news.ts';
import { type DueAction, insertActions, lockReader, noteRead, readEnabledAutomations } from '../../store/automation-state.ts';
import { insertEvents } from '../../store/client-events.ts';
import { readActiveNotificationPolicies } from '../../store/notification-policies.ts';
import type { Service } from '../service.ts';
import { Evaluation, type Fired } from './evaluate.ts';
import { readNews } from './read-news.ts';

interface Deps {
  readonly database: Database;
  readonly desk: NewsDesk;
  readonly newId: () => string;
}

/** An event as others tell it: one that tells of another event tells it without what that told, or texts would grow from link to link. */
const retold = (event: Event): Event =>
  'triggering_event' in event.payload ? { ...event, payload: { ...event.payload, triggering_event: null } } : event;

/** That an automation has fired is an event. */
function triggeredEvent({ automation, firing }: Fired, id: string): EventCreate {
  const event = eventOf(firing);
  return {
    id,
    occurred: firing.triggered,
    event: 'prefect.automation.triggered',
    resource: {
      'prefect.resource.id': `prefect.automation.${automation.id}`,
      'prefect.resource.name': automation.name,
      ...(automation.trigger.type === 'event' && { 'prefect.posture': automation.trigger.posture }),
    },
    related: [
      ...(event ? [{ 'prefect.resource.id': `prefect.event.${event.id}`, 'prefect.resource.role': 'triggering-event' }] : []),
      ...ledHereBy(event),
    ],
    payload: { triggering_labels: firing.triggering_labels, triggering_event: event && (retold(event) as never) },
  };
}

/**
 * What is to be done when an automation fires. `actions` are about the event that made it fire, `actions_on_trigger` about the event that
 * tells of the firing. Nothing makes `actions_on_resolve` due: as in Prefect's own server, only triggers of metrics, which are its
 * Cloud's, can be resolved.
 */
function actionsOf({ automation, firing }: Fired, told: EventCreate, newId: () => string): Omit<DueAction, 'tries'>[] {
  const about: Event = { ...told, follows: null, received: told.occurred };
  const of = (actions: readonly Action[], parts: object) => actions.map((action) => ({ action, firing: { ...firing, told_id: told.id, ...parts } }));
  return [...of(automation.actions, {}), ...of(automation.actions_on_trigger, { about })].map((due, index) => ({
    id: newId(),
    automation_id: automation.id,
    index,
    ...due,
  }));
}

/** Prefect 2, which has policies, tells of none as of an event. */
const isPolicy = ({ automation }: Fired): boolean => automation.actions.some(({ type }) => type === NOTIFY_OF_FLOW_RUN);

/**
 * Reads what happened, and decides which automations fire. How far it has read, what was counted and what is to be done are written
 * together: a server that dies has decided nothing half, and of two servers one decides at a time. Prefect's triggers.
 */
export const createAutomations = ({ database, desk, newId }: Deps): Service => ({
  name: 'automations',
  everySeconds: 0.5,
  tick: async () => {
    const fired = await database.transaction(async (sql) => {
      const reader = await lockReader(sql);
      if (!reader) return 0;
      const [own, policies] = await Promise.all([readEnabledAutomations(sql), readActiveNotificationPolicies(sql)]);
      const automations = [...own, ...policies.map(automationOfPolicy)];
      const { events, position } = await readNews(sql, reader.position, automations);
      const evaluation = new Evaluation(sql, automations, { newId, now: Date.now() * 1000 });
      const all = [...(await evaluation.events(events)), ...(await evaluation.ends())];
      const told = all.map((one) => triggeredEvent(one, newId()));
      const toDo = all.flatMap((one, index) => actionsOf(one, told[index] as EventCreate, newId));
      await insertActions(sql, toDo);
      const toTell = told.filter((_, index) => !isPolicy(all[index] as Fired));
      if (toTell.length > 0)
        await insertEvents(
          sql,
          toTell.map((event) => ({ ...event, records: false })),
        );
      if (position !== reader.position) await noteRead(sql, position);
      return all.length;
    });
    if (fired > 0) desk.publish({ events: true });
    return { fired };
  },
});

/** The clock of this server, as an instant. */
export const instantNow = () => toInstant(Date.now() * 1000);

import { coversName } from '@sluice/core/automation/event-trigger';
import { eventTriggers } from '@sluice/core/automation/triggers';
import type { Automation, EventTrigger, Trigger } from '@sluice/core/model/automation';
import type { Event } from '@sluice/core/model/event';
import type { Sql } from '../../db/database.ts';
import { parsePosition, positionText } from '../../store/event-position.ts';
import { readStateEvents } from '../../store/event-sources.ts';
import { isOurs, readEvents, readSnapshot } from '../../store/events.ts';

/** What has happened since a position, and the position behind it. */
export interface ReadNews {
  readonly events: readonly Event[];
  readonly position: string;
}

const triggersOf = (automations: readonly Automation[]): EventTrigger[] =>
  automations.flatMap(({ trigger }) => eventTriggers(trigger as Trigger).map((one) => one.trigger));

/** Reads what automations may be interested in: a state is looked up only when one of them waits for its name. */
export async function readNews(sql: Sql, from: string | null, automations: readonly Automation[]): Promise<ReadNews> {
  const upto = await readSnapshot(sql);
  const since = from === null ? undefined : parsePosition(from);
  const triggers = triggersOf(automations);
  // Nobody waits for anything, or the position is of another database: what is to come counts.
  if (!since || triggers.length === 0 || !(await isOurs(sql, since.within?.upto ?? since.since))) return { events: [], position: upto };
  const page = await readEvents(sql, since, { topics: ['flow_run', 'task_run', 'event'], upto });
  const isWanted = (name: string) => triggers.some((trigger) => coversName(trigger, name));
  const statesOf = async (topic: 'flow_run' | 'task_run', prefix: string) => {
    const ids = page.events.flatMap((event) =>
      event.topic === topic && isWanted(`${prefix}${(JSON.parse(event.data) as { state: { name: string } }).state.name}`) ? [event.id] : [],
    );
    return ids.length > 0 ? readStateEvents(sql, topic, ids) : [];
  };
  const [flowRuns, taskRuns] = await Promise.all([statesOf('flow_run', 'prefect.flow-run.'), statesOf('task_run', 'prefect.task-run.')]);
  const own = page.events.flatMap(({ topic, data }) => (topic === 'event' ? data : []));
  const events = [...flowRuns, ...taskRuns, ...own].map((json) => JSON.parse(json) as Event).filter(({ event }) => isWanted(event));
  return { events: events.sort((a, b) => (a.occurred < b.occurred ? -1 : 1)), position: positionText(page.position) };
}

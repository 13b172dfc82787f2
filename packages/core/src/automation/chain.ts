import type { Event } from '../model/event.ts';

const RESOURCE = 'prefect.automation.';
/** The part that an automation has in an event that another one's event has led to. */
const ROLE = 'led-here-by';

/** Automations that follow from each other: a longer chain is nobody's plan. */
export const LONGEST_CHAIN = 3;

const automationOf = (labels: { readonly [label: string]: string | null }): string[] => {
  const id = labels['prefect.resource.id'];
  return id?.startsWith(RESOURCE) ? [id.slice(RESOURCE.length)] : [];
};

/** Ids of the automations that have led to an event, its own one last. None has led to what a client or a run tells. */
const chainOf = ({ resource, related }: Pick<Event, 'resource' | 'related'>): string[] => {
  const own = automationOf(resource);
  const before = related.filter((labels) => labels['prefect.resource.role'] === ROLE).flatMap(automationOf);
  return [...before.filter((id) => !own.includes(id)), ...own];
};

/**
 * Whether an event may fire an automation. What an automation has led to, itself or by others, fires it never again, and chains of
 * others end too: automations that wait for all events, or for each other, would feed on themselves for ever.
 */
export function mayFire(automationId: string, event: Event): boolean {
  const chain = chainOf(event);
  return chain.length < LONGEST_CHAIN && !chain.includes(automationId);
}

/** What an event that follows from another one is related to for the sake of its chain. */
export const ledHereBy = (event: Event | null): { [label: string]: string }[] =>
  event ? chainOf(event).map((id) => ({ 'prefect.resource.id': `${RESOURCE}${id}`, 'prefect.resource.role': ROLE })) : [];

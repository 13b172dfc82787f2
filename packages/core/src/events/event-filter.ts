import { z } from 'zod';
import { type Instant, SECOND, toInstant, toMicros } from '../lib/time.ts';
import { instant, uuid } from '../model/common.ts';
import type { Event } from '../model/event.ts';
import { parseTextQuery } from '../text/text-query.ts';
import { matchesResource, type ResourceSpecification } from './resource-match.ts';

const texts = z.array(z.string().max(4000)).max(1000).nullish();
const labels = z.record(z.string().max(1000), z.union([z.string().max(4000), z.array(z.string().max(4000)).max(1000)])).nullish();
const anyResource = z.strictObject({ id: texts, id_prefix: texts, labels });
const related = z.strictObject({
  id: texts,
  role: texts,
  resources_in_roles: z
    .array(z.tuple([z.string(), z.string()]))
    .max(1000)
    .nullish(),
  labels,
});
const oneOrMore = <S extends z.ZodType>(schema: S) => z.union([schema, z.array(schema).max(50)]).nullish();

/** Prefect 3's filter of events: everything that is given must hold. */
export const EventFilter = z.strictObject({
  occurred: z.strictObject({ since: instant.nullish(), until: instant.nullish() }).nullish(),
  event: z.strictObject({ prefix: texts, exclude_prefix: texts, name: texts, exclude_name: texts }).nullish(),
  resource: z.strictObject({ id: texts, id_prefix: texts, labels, distinct: z.boolean().nullish() }).nullish(),
  related: oneOrMore(related),
  any_resource: oneOrMore(anyResource),
  id: z.strictObject({ id: z.array(uuid).max(1000).nullish() }).nullish(),
  text: z.strictObject({ query: z.string().max(200) }).nullish(),
  order: z.enum(['ASC', 'DESC']).nullish(),
});
export type EventFilter = z.output<typeof EventFilter>;
export type RelatedFilter = z.output<typeof related>;

/** A filter with a beginning and an end. */
export type BoundedFilter = EventFilter & { readonly occurred: { readonly since: Instant; readonly until: Instant } };

const DAYS_BACK = 180;
const DAY = 86_400 * SECOND;

/** With the span that Prefect takes where none is given: the last 180 days, until now. */
export function bounded(filter: EventFilter, now: Instant): BoundedFilter {
  const today = toMicros(`${now.slice(0, 10)}T00:00:00Z`);
  const since = filter.occurred?.since ?? toInstant(today - DAYS_BACK * DAY);
  return { ...filter, occurred: { since, until: filter.occurred?.until ?? now } };
}

export const listOf = <T extends object>(value: T | readonly T[] | null | undefined): readonly T[] =>
  value == null ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const some = (values: readonly string[] | null | undefined): readonly string[] => values ?? [];
/** A list that asks for nothing lets everything pass. */
const isOneOf = (value: string, values: readonly string[] | null | undefined) => some(values).length === 0 || some(values).includes(value);
const startsWithOneOf = (value: string, prefixes: readonly string[] | null | undefined) =>
  some(prefixes).length === 0 || some(prefixes).some((prefix) => value.startsWith(prefix));

/** Whether a name passes: cheap enough to be asked before anything else of an event is known. */
export function includesName({ event }: EventFilter, name: string): boolean {
  if (!event) return true;
  return (
    startsWithOneOf(name, event.prefix) &&
    !some(event.exclude_prefix).some((prefix) => name.startsWith(prefix)) &&
    isOneOf(name, event.name) &&
    !some(event.exclude_name).includes(name)
  );
}

type Labels = Event['resource'];

const idOf = (resource: Labels): string => resource['prefect.resource.id'] ?? '';

function includesResource(resource: Labels, asked: { id?: string[] | null | undefined; id_prefix?: string[] | null | undefined; labels?: unknown }) {
  return (
    isOneOf(idOf(resource), asked.id) &&
    startsWithOneOf(idOf(resource), asked.id_prefix) &&
    matchesResource((asked.labels ?? {}) as ResourceSpecification, resource)
  );
}

function includesRelated(resource: Labels, { id, role, resources_in_roles, labels: wanted }: RelatedFilter): boolean {
  const part = resource['prefect.resource.role'] ?? '';
  return (
    isOneOf(idOf(resource), id) &&
    isOneOf(part, role) &&
    (!resources_in_roles?.length || resources_in_roles.some(([one, its]) => one === idOf(resource) && its === part)) &&
    matchesResource(wanted ?? {}, resource)
  );
}

function includesText(event: Event, query: string): boolean {
  const { any, all, none } = parseTextQuery(query);
  const text = JSON.stringify([event.event, event.resource, event.related, event.payload]).toLowerCase();
  const has = (word: string) => text.includes(JSON.stringify(word.toLowerCase()).slice(1, -1));
  return (any.length === 0 || any.some(has)) && all.every(has) && !none.some(has);
}

/** Whether an event passes a filter, as the database would say. */
export function includesEvent(filter: EventFilter, event: Event): boolean {
  const { since, until } = filter.occurred ?? {};
  const at = toMicros(event.occurred);
  return (
    (!since || at >= toMicros(since)) &&
    (!until || at <= toMicros(until)) &&
    includesName(filter, event.event) &&
    (!filter.resource || includesResource(event.resource, filter.resource)) &&
    listOf(filter.related).every((asked) => isEmpty(asked) || event.related.some((resource) => includesRelated(resource, asked))) &&
    listOf(filter.any_resource).every((asked) => [event.resource, ...event.related].some((resource) => includesResource(resource, asked))) &&
    isOneOf(event.id, filter.id?.id) &&
    (!filter.text || includesText(event, filter.text.query))
  );
}

const isEmpty = (asked: RelatedFilter) => !asked.id?.length && !asked.role?.length && !asked.resources_in_roles?.length && !asked.labels;

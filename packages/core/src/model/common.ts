import { z } from 'zod';
import type { Json } from '../lib/json.ts';
import { MAX_NAME, NAME_RULE } from '../lib/names.ts';
import { toInstant, toMicros } from '../lib/time.ts';
import { limited } from './field-limits.ts';

/** Lower case on the wire, whatever case came in. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i, 'not a UUID')
  .transform((id) => (id.length === 36 ? id.toLowerCase() : id.toLowerCase().replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')))
  .meta({ format: 'uuid' });

const EARLIEST = toMicros('0001-01-01T00:00:00Z');
const LATEST = toMicros('9999-12-31T23:59:59Z');

/** Whether the month has such a day: JavaScript makes 2 March of 30 February. Leap years come back every 400 years. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(2000 + (year % 400), month - 1, day)).getUTCDate() === day;
}

/** ISO 8601 with `T` or a space; a missing offset means UTC. Stored and answered with microseconds and `+00:00`. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/, 'not an ISO 8601 date-time')
  .transform((text, context) => {
    const micros = toMicros(/(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) ? text : `${text.length === 10 ? `${text}T00:00:00` : text}Z`);
    if (micros >= EARLIEST && micros <= LATEST && isDay(text)) return toInstant(micros);
    context.addIssue({ code: 'custom', message: 'not a date-time between the years 1 and 9999' });
    return z.NEVER;
  })
  .meta({ format: 'date-time' });

export const json = z.unknown() as z.ZodType<Json>;
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<{ [key: string]: Json }>;

/** A name a person gives. Prefect 2.13.7 and 3.x refuse the characters that would break a path or a template. */
export const entityName = z.string().min(1).max(MAX_NAME).regex(NAME_RULE, 'must not be empty or hold any of / % & > <');

export const tags = limited('tags', z.array(z.string().max(1000)).max(1000));
export const labels = limited('labels', z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])));
export const positive = z.int().min(1).max(2_147_483_647);
export const natural = z.int().min(0).max(2_147_483_647);

/** The three fields that every stored record has. */
export const stored = { id: uuid, created: instant, updated: instant };

/** Who made a record. */
export const CreatedBy = z.object({ id: uuid.nullish(), type: z.string().nullish(), display_value: z.string().nullish() });

import { z } from 'zod';

type Mend = (value: unknown) => unknown;

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

/** A field may be left out, and null is no value of it. */
const mayBeLeftOut = (schema: z.ZodType) => accepts(schema, undefined) && !accepts(schema, null);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function ofObject({ shape }: z.ZodObject): Mend | undefined {
  const fields = Object.entries(shape as Record<string, z.ZodType>);
  const optional = new Set(fields.filter(([, field]) => mayBeLeftOut(field)).map(([name]) => name));
  const inner = new Map(fields.flatMap(([name, field]) => (mendOf(field) ? [[name, mendOf(field) as Mend]] : [])));
  if (optional.size + inner.size === 0) return undefined;
  return (value) => {
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([name, field]) => field !== null || !optional.has(name));
    return Object.fromEntries(kept.map(([name, field]) => [name, inner.get(name)?.(field) ?? field]));
  };
}

function ofArray({ element }: z.ZodArray): Mend | undefined {
  const mend = mendOf(element as z.ZodType);
  return mend && ((value) => (Array.isArray(value) ? value.map(mend) : value));
}

const made = new WeakMap<z.ZodType, Mend | undefined>();

function mendOf(schema: z.ZodType): Mend | undefined {
  if (made.has(schema)) return made.get(schema);
  made.set(schema, undefined);
  const mend = make(schema);
  made.set(schema, mend);
  return mend;
}

function make(schema: z.ZodType): Mend | undefined {
  if (schema instanceof z.ZodObject) return ofObject(schema);
  if (schema instanceof z.ZodArray) return ofArray(schema);
  if (schema instanceof z.ZodPipe) return mendOf(schema.in as z.ZodType);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  )
    return mendOf(schema.unwrap() as z.ZodType);
  return undefined;
}

/**
 * A body without the nulls that stand for fields which were left out. Prefect's clients (2.13.7 and 3.x) send every field that they
 * know, and its server takes null for the default; where null is a value, as in a PATCH that takes a limit away, it stays.
 */
export const nullAsAbsent = (schema: z.ZodType, body: unknown): unknown => mendOf(schema)?.(body) ?? body;

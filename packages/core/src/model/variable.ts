import { z } from 'zod';
import type { Json } from '../lib/json.ts';
import { json, stored, tags } from './common.ts';

/** Prefect's: the most characters of a name, and of a value's JSON. */
const MAX_VARIABLE_NAME = 255;
const MAX_VARIABLE_VALUE = 5000;

const encoder = new TextEncoder();
const fits = (value: unknown) =>
  (typeof value === 'string' ? value.length : encoder.encode(JSON.stringify(value) ?? '').length) <= MAX_VARIABLE_VALUE;

/** As Prefect 3 allows it; Prefect 2 has no dashes. */
export const variableName = z
  .string()
  .min(1)
  .max(MAX_VARIABLE_NAME)
  .regex(/^[a-z0-9_-]+$/, 'must only contain lowercase letters, numbers, and dashes or underscores');

const value = z
  .custom<Json>((given) => given !== undefined, 'is required')
  .refine(fits, `must be less than ${MAX_VARIABLE_VALUE} characters of JSON`);

/** A value that flows read by its name. Any JSON, as in Prefect 3; clients of Prefect 2 get it as text. */
export const Variable = z.object({ ...stored, name: z.string(), value: json, tags: z.array(z.string()) });
export type Variable = z.infer<typeof Variable>;

export const VariableCreate = z.strictObject({ name: variableName, value, tags: tags.nullish() });
export type VariableCreate = z.infer<typeof VariableCreate>;

export const VariableUpdate = z.strictObject({ name: variableName.optional(), value: value.optional(), tags: tags.optional() });
export type VariableUpdate = z.infer<typeof VariableUpdate>;

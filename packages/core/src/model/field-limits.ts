import { z } from 'zod';

const KIB = 1024;

/**
 * How many bytes of a client's text or JSON are stored, field by field, on every way in. What a list shows is at most about 1 MiB a
 * run. Names, versions and paths are bounded by `shortText`.
 */
export const FIELD_BYTES = {
  /** Prefect's limit: rows of data are not parameters. */
  parameters: 512 * KIB,
  parameter_openapi_schema: 256 * KIB,
  context: 128 * KIB,
  job_variables: 128 * KIB,
  base_job_template: 256 * KIB,
  storage_configuration: 64 * KIB,
  pull_steps: 128 * KIB,
  /** One of the many tasks that another may wait for is named in 70 bytes. */
  task_inputs: 512 * KIB,
  filter: 64 * KIB,
  labels: 64 * KIB,
  tags: 64 * KIB,
  pause_keys: 64 * KIB,
  run_input_keyset: 64 * KIB,
  run_input: 512 * KIB,
  /** What a state carries besides a result of ours. */
  data: 128 * KIB,
  /** What is told of the newest load of a table. */
  table_load: 512 * KIB,
  block_fields: 512 * KIB,
  block_data: 512 * KIB,
  /** What an artifact shows: a table, a text. */
  artifact: 1536 * KIB,
  /** What an automation does, and when. */
  automation: 128 * KIB,
  /** What an event carries. Prefect takes 1.5 MB of a whole event. */
  payload: 1024 * KIB,
  /** A result of ours, which comes with a COMPLETED state and is stored apart from it. */
  result: 1536 * KIB,
} as const satisfies { readonly [field: string]: number };

export type LimitedField = keyof typeof FIELD_BYTES;

const encoder = new TextEncoder();

/** Bytes of a value's JSON in UTF-8; not encoded where the number of characters tells enough. */
function jsonBytes(value: unknown, limit: number): number {
  const text = JSON.stringify(value) ?? '';
  return text.length * 3 <= limit ? text.length : encoder.encode(text).length;
}

/** Why a value is too large for its field; undefined when it is not. */
export function sizeFault(field: LimitedField, value: unknown): string | undefined {
  const bytes = jsonBytes(value, FIELD_BYTES[field]);
  return bytes > FIELD_BYTES[field] ? `has ${bytes} bytes of JSON: at most ${FIELD_BYTES[field]} are stored` : undefined;
}

/** The same schema, for values that are stored in this field. */
export const limited = <S extends z.ZodType>(field: LimitedField, schema: S): S =>
  schema.check((payload) => {
    const message = sizeFault(field, payload.value);
    if (message) payload.issues.push({ code: 'custom', message, input: payload.value });
  });

/** Names of things, keys, versions, paths. */
export const shortText = z.string().max(4000);
/** Descriptions and messages. */
export const longText = z.string().max(64 * KIB);

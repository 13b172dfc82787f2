import type { Json, JsonObject } from '@sluice/core/lib/json';
import type { FlowRunScope } from '../engine/flow-run-scope.ts';
import { inputKeys, type PauseOrder } from '../engine/propose-pause.ts';
import { parseParams, type Schema, toJsonSchema } from '../params.ts';

const FIELDS = 'fields of a pause';

/** A form has fields: what is no object is the field `value` of one, as Prefect has it. */
function formOf(schema: Schema): { readonly json: JsonObject; readonly isWrapped: boolean } {
  const json = toJsonSchema(schema, FIELDS);
  const isWrapped = json['type'] !== 'object';
  return { isWrapped, json: isWrapped ? { type: 'object', properties: { value: json }, required: ['value'] } : json };
}

/** Leaves what is asked for where Prefect's page and ours make a form of it, and the server checks the answer by it. */
export async function askFor(
  { client, info: { flow_run_id: id } }: FlowRunScope,
  order: PauseOrder,
  schema: Schema | undefined,
  { description }: { readonly description?: string },
): Promise<void> {
  if (!schema) return;
  const keys = inputKeys(order);
  const tell = (key: string, value: Json) =>
    client.request('POST /flow_runs/{id}/input', { params: { id }, body: { key, value: JSON.stringify(value) } });
  if (description !== undefined) await tell(keys.description, description);
  await tell(keys.schema, formOf(schema).json);
}

/** What was given; undefined when nothing was asked for. */
export async function readAnswer<Out>(
  { client, info: { flow_run_id: id } }: FlowRunScope,
  order: PauseOrder,
  schema: Schema<unknown, Out> | undefined,
): Promise<Out> {
  if (!schema) return undefined as Out;
  const { response: prefix } = inputKeys(order);
  const found = await client.request('POST /flow_runs/{id}/input/filter', { params: { id }, body: { prefix, limit: 10 } });
  // Who gives nothing, where nothing is needed, leaves no answer.
  const given = JSON.parse(found.find(({ key }) => key === prefix)?.value ?? '{}') as JsonObject;
  return parseParams(schema, formOf(schema).isWrapped ? given['value'] : given, FIELDS);
}

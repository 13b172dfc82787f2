import type { Client } from '@sluice/client';
import { isObject, type Json, type JsonObject } from '@sluice/core/lib/json';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { shellWord } from '../render/shell.ts';
import { kindsOf } from './kinds-of.ts';

/** What a paused run asks for, as a JSON schema; null when it asks for nothing, and undefined when it has not left that yet. */
export async function askedInput(client: Client, { id, state }: FlowRun): Promise<JsonObject | null | undefined> {
  const keys = state?.type === 'PAUSED' ? state.state_details.run_input_keyset : undefined;
  if (!keys) return null;
  const prefix = keys['schema'] ?? '';
  const found = await client.request('POST /flow_runs/{id}/input/filter', { params: { id }, body: { prefix, limit: 10 } });
  return parsed(found.find(({ key }) => key === prefix)?.value ?? '');
}

function parsed(text: string): JsonObject | undefined {
  try {
    const schema = JSON.parse(text) as Json;
    return isObject(schema) ? (schema as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** In words, and as a command with the fields that are needed. */
export function howToAnswer(id: string, schema: JsonObject | undefined): string {
  const properties = schema && isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const required = schema && Array.isArray(schema['required']) ? schema['required'] : [];
  const fields = properties.map(([name, field]) => {
    const kinds = [...(kindsOf(field, schema) ?? [])].join(' or ');
    const about = [kinds, required.includes(name) ? '' : 'may be left out'].filter(Boolean).join(', ');
    return about ? `${name} (${about})` : name;
  });
  const sample = `{${required.map((name) => `${JSON.stringify(name)}: …`).join(', ')}}`;
  const command = `sluice flow-run resume ${id} --input ${fields.length > 0 ? shellWord(sample) : 'JSON'}`;
  return fields.length > 0 ? `It asks for: ${fields.join('; ')}. Answer it with: ${command}` : `Answer it with: ${command}`;
}

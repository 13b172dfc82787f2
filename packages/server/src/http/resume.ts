import { isObject, type Json, type JsonObject } from '@sluice/core/lib/json';
import type { State } from '@sluice/core/model/state';
import type { Sql } from '../db/database.ts';
import { answerFor } from '../schemas/parameters.ts';
import type { SchemaChecker } from '../schemas/schema-checker.ts';
import { readInput } from '../store/flow-run-inputs.ts';
import type { Reply } from './handlers.ts';
import { orchestrationReply } from './set-state.ts';

export interface Pausable {
  readonly id: string;
  readonly name: string;
  readonly state: State | null;
}

const refused = { created: false, written: false, delay: 0, epoch: 0 };

export const notPaused = ({ id, name, state }: Pausable): Reply =>
  orchestrationReply({
    ...refused,
    id,
    status: 'ABORT',
    state: null,
    reason: `Cannot resume a flow run that is not paused: '${name}' is ${state?.type ?? 'without a state'}.`,
  });

/** The run stays paused, and can be resumed with another input. */
export const resumeRefused = (id: string, state: State, reason: string): Reply =>
  orchestrationReply({ ...refused, id, status: 'REJECT', state, reason });

type Keyset = { readonly [key: string]: string };

/** Why a paused run cannot go on with this input, by the schema that it has left for it; undefined when it can. Prefect 3.9.1. */
export async function inputFault(
  { sql, schemas }: { readonly sql: Sql; readonly schemas: SchemaChecker },
  id: string,
  { schema: key }: Keyset,
  input: JsonObject,
): Promise<string | undefined> {
  const text = key ? await readInput(sql, id, key) : undefined;
  if (text === undefined) return 'Run input schema not found.';
  const schema = parsed(text);
  if (!isObject(schema)) return 'Run input schema is not valid JSON.';
  const answer = await answerFor(schemas, schema as JsonObject, input);
  if ('unreadable' in answer) return `Invalid schema: ${answer.unreadable.slice(0, 1000)}.`;
  return answer.faults.length > 0 ? `Reason: ${answer.faults.join('; ')}` : undefined;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

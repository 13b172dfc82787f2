import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { Ajv2020 as Ajv } from 'ajv/dist/2020.js';
import { linearPattern } from './linear-pattern.ts';

/** A schema, and the parameters to hold against it, as JSON text; without parameters the schema is only read. */
export interface SchemaQuestion {
  readonly schema: string;
  readonly parameters: string | null;
}

/** `unreadable`: why no validator can use the schema. `faults`: what is wrong with the parameters. */
export type SchemaAnswer = { readonly unreadable: string } | { readonly faults: readonly string[] };

type Validate = ReturnType<Ajv['compile']>;

/** So much text of schemas is kept compiled. */
const CACHED_CHARACTERS = 2_000_000;
const MAX_FAULTS = 20;

const require = createRequire(import.meta.url);
const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
const addFormats = require('ajv-formats') as typeof import('ajv-formats').default;

function createValidator(): Ajv {
  // Schemas of two deployments may have the same $id: none is added to those that others may refer to.
  const regExp = Object.assign((pattern: string) => linearPattern(pattern), { code: 'linearPattern' });
  // Own properties alone: without it every object has a `constructor` and a `toString`.
  const ajv = new Ajv2020({ strict: false, allErrors: true, addUsedSchema: false, logger: false, ownProperties: true, code: { regExp } });
  addFormats(ajv as never);
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-07.json'));
  return ajv;
}

const compiled = new Map<string, Validate>();
let characters = 0;
let ajv = createValidator();

function compile(schema: string): Validate {
  const known = compiled.get(schema);
  if (known) return known;
  if (characters > CACHED_CHARACTERS) {
    compiled.clear();
    characters = 0;
    ajv = createValidator(); // it keeps what it has compiled, too
  }
  const validate = ajv.compile(JSON.parse(schema));
  compiled.set(schema, validate);
  characters += schema.length;
  return validate;
}

function answer({ schema, parameters }: SchemaQuestion): SchemaAnswer {
  let validate: Validate;
  try {
    validate = compile(schema);
  } catch (error) {
    return { unreadable: (error as Error).message };
  }
  if (parameters === null || validate(JSON.parse(parameters))) return { faults: [] };
  const errors = validate.errors ?? [];
  const faults = errors.slice(0, MAX_FAULTS).map(({ instancePath, message }) => {
    const place = instancePath.slice(1).replaceAll('/', '.') || 'parameters';
    return `${place} ${message}`.slice(0, 500);
  });
  return { faults: errors.length > MAX_FAULTS ? [...faults, `and ${errors.length - MAX_FAULTS} more`] : faults };
}

parentPort?.on('message', (question: SchemaQuestion) => parentPort?.postMessage(answer(question)));
parentPort?.postMessage('ready');

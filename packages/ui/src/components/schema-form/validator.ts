import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { ErrorSchemaBuilder, type RJSFSchema, type ValidatorType } from '@rjsf/utils';
import { faultsOf } from './fault-words.ts';

/** Checkers by their schema: a form asks with each change. */
const known = new WeakMap<object, Validator>();

/** In JavaScript alone: others make code of a schema, which the page's policy forbids. */
function checkerOf(schema: object, root?: object): Validator {
  const found = known.get(schema);
  if (found) return found;
  const { $defs, definitions } = (root ?? schema) as Schema;
  const made = new Validator({ ...schema, ...($defs && { $defs }), ...(definitions && { definitions }) }, draftOf(root ?? schema), false);
  known.set(schema, made);
  return made;
}

const draftOf = ({ $schema }: Schema) => ($schema?.includes('draft-07') ? '7' : '2020-12');

/** What is wrong with data; nothing when the schema itself cannot be used: the server says that. */
function check(schema: object, data: unknown, root?: object): OutputUnit[] {
  try {
    return checkerOf(schema, root).validate(data ?? {}).errors;
  } catch {
    return [];
  }
}

/** What the library of forms asks, answered by @cfworker/json-schema. */
export const validator: ValidatorType = {
  isValid: (schema, data, root) => {
    try {
      return data !== undefined && checkerOf(schema, root).validate(data).valid;
    } catch {
      return false;
    }
  },
  rawValidation: (schema, data) => ({ errors: check(schema, data) as never[] }),
  validateFormData: (data, schema: RJSFSchema) => {
    const builder = new ErrorSchemaBuilder();
    const faults = faultsOf(check(schema, data), schema);
    for (const { path, words } of faults) builder.addErrors(words, [...path]);
    return { errors: faults.map(({ path, words }) => ({ stack: `${path.join('.')} ${words}`, message: words })), errorSchema: builder.ErrorSchema };
  },
};

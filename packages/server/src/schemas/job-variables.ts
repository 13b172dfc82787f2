import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import { templateDefaults } from '@sluice/core/process/job-template';
import { surelyFits } from '@sluice/core/schema/simple-schema';
import { answerFor } from './parameters.ts';
import type { SchemaChecker } from './schema-checker.ts';

interface Asked {
  /** The base job template of the pool that the runs go to. */
  readonly template: JsonObject;
  readonly pool: string;
  /** What is set, by the deployment and by the run: a later one wins. */
  readonly layers: readonly JsonObject[];
  /** Whether nobody can set more: then what the schema requires must be there. */
  readonly required: boolean;
  readonly generation: 2 | 3;
}

/**
 * Refuses job variables that do not fit what the pool's template says of them. Prefect 3.9.1 answers 422, 2.13.7 answered 409. What is
 * null, or refers to a block, is not looked at: templates that were made from Python's types do not say that a variable may be null.
 */
export async function expectJobVariables(checker: SchemaChecker, { template, pool, layers, required, generation }: Asked): Promise<void> {
  const { variables } = template;
  if (!isObject(variables)) return;
  const given: JsonObject = Object.assign({}, ...layers);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && !refersToBlock(value)));
  const { required: names, ...schema } = variables as JsonObject;
  const absent = required && Array.isArray(names) ? lacking(names, given, template) : [];
  const faults = [...absent, ...(await faultsOf(checker, schema, set))];
  if (faults.length === 0) return;
  throw new SluiceError(
    generation === 2 ? 'CONFLICT' : 'INVALID_REQUEST',
    `Validation failed for job variables of work pool "${pool}": ${faults.join('; ')}.`,
    {
      details: faults,
      hint: 'Give other job variables: the base job template of the work pool says which it takes.',
    },
  );
}

const refersToBlock = (value: unknown): boolean => isObject(value) && '$ref' in value;

function lacking(names: readonly unknown[], given: JsonObject, template: JsonObject): string[] {
  const known = { ...templateDefaults(template), ...given };
  return names.flatMap((name) => (typeof name !== 'string' || name in known ? [] : `"${name.slice(0, 200)}" is required`));
}

/** A schema that no validator can read holds nobody up. */
async function faultsOf(checker: SchemaChecker, schema: JsonObject, set: JsonObject): Promise<readonly string[]> {
  if (Object.keys(set).length === 0 || surelyFits(schema, set)) return [];
  const answer = await answerFor(checker, schema, set);
  return 'unreadable' in answer ? [] : answer.faults;
}

import { isObject } from '../lib/json.ts';

/*
 * The base job template of a work pool, in Prefect's form: `variables`, a JSON schema with a default for each, and `job_configuration`,
 * in which "{{ name }}" stands for the value of a variable. A deployment and a run set variables by their job variables.
 */

type Values = Readonly<Record<string, unknown>>;

const WHOLE = /^\{\{\s*([\w-]+)\s*\}\}$/;
const INSIDE = /\{\{\s*([\w-]+)\s*\}\}/g;

const propertiesOf = (template: Values): Values => {
  const { variables } = template;
  return isObject(variables) && isObject(variables['properties']) ? variables['properties'] : {};
};

/** What the variables of a template are when nobody sets them. */
export const templateDefaults = (template: Values): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(propertiesOf(template)).flatMap(([name, schema]) => (isObject(schema) && 'default' in schema ? [[name, schema['default']]] : [])),
  );

/** A template in which a variable has another default; undefined when it has no such variable. */
export function withDefault(template: Values, name: string, value: unknown): Values | undefined {
  const properties = propertiesOf(template);
  const schema = properties[name];
  if (!isObject(schema)) return undefined;
  const variables = { ...(template['variables'] as Values), properties: { ...properties, [name]: { ...schema, default: value } } };
  return { ...template, variables };
}

/** A part of a template with the values of its variables. What has none is left out, with its key; so a manifest says nothing of it. */
export function fillTemplate(part: unknown, values: Values): unknown {
  if (typeof part === 'string') {
    const [, whole] = WHOLE.exec(part) ?? [];
    if (whole !== undefined) return values[whole] ?? undefined;
    return part.replaceAll(INSIDE, (_text, name: string) => String(values[name] ?? ''));
  }
  if (Array.isArray(part)) return part.map((inner) => fillTemplate(inner, values)).filter((inner) => inner !== undefined);
  if (!isObject(part)) return part;
  return Object.fromEntries(
    Object.entries(part).flatMap(([key, inner]) => {
      const filled = fillTemplate(inner, values);
      return filled === undefined ? [] : [[key, filled]];
    }),
  );
}

const namesIn = (part: unknown): string[] => {
  if (typeof part === 'string') return [...part.matchAll(INSIDE)].map(([, name]) => name as string);
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(namesIn) : [];
};

/** Why a pool cannot have this template, in Prefect's words; undefined when it can. */
export function templateRefusal(template: Values): string | undefined {
  const { job_configuration, variables } = template;
  if (Object.keys(template).length === 0) return undefined;
  const says = (part: unknown) => isObject(part) && Object.keys(part).length > 0;
  if (!says(job_configuration) || !says(variables))
    return 'The `base_job_template` must contain both a `job_configuration` key and a `variables` key.';
  const known = propertiesOf(template);
  const unknown = namesIn(job_configuration).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return undefined;
  return (
    'The variables specified in the job configuration template must be present as properties in the variables schema. ' +
    `Your job configuration uses the following undeclared variable(s): ${[...new Set(unknown)].join(', ')}.`
  );
}

/** Why a template cannot be used; undefined when it can. One that is empty stands for that of its type. */
export function faultOfTemplate(template: Values): string | undefined {
  const { job_configuration, variables = {} } = template;
  if (Object.keys(template).length === 0) return undefined;
  if (!isObject(job_configuration)) return 'it has no "job_configuration"';
  if (!isObject(variables)) return 'its "variables" are no JSON schema';
  const known = propertiesOf(template);
  const unknown = namesIn(job_configuration).find((name) => !Object.hasOwn(known, name));
  return unknown === undefined ? undefined : `"{{ ${unknown} }}" is none of its variables`;
}

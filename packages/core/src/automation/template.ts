/** A template of a user: texts, and names in double braces that stand for values. Nothing in it is run, so nothing can hang or reach out. */
const PLACE = /\{\{([^{}]*)\}\}/g;
const NAME = /^\s*([A-Za-z_]\w*)((?:\.[A-Za-z_][\w-]*|\[(?:'[^']*'|"[^"]*"|\d+)\])*)\s*(?:\|\s*(tojson|upper|lower|trim|string)\s*)?$/;
const STEP = /\.([A-Za-z_][\w-]*)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]/g;

/** What is wrong with a template; undefined when it can be rendered. */
export function templateFault(template: string): string | undefined {
  if (/\{%|\{#/.test(template)) return 'Only names in double braces are known here, no statements.';
  const bad = [...template.matchAll(PLACE)].find(([, inner]) => !NAME.test(inner as string));
  if (bad) return `${bad[0].slice(0, 200)} is no name of a value.`;
  const left = template.replaceAll(PLACE, '');
  return /\{\{|\}\}/.test(left) ? 'A double brace is not closed.' : undefined;
}

function look(values: unknown, steps: string): unknown {
  let value = values;
  for (const [, word, single, double, index] of steps.matchAll(STEP)) {
    const key = word ?? single ?? double ?? (index as string);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

const shown = (value: unknown): string => (value == null ? '' : typeof value === 'string' ? value : JSON.stringify(value));

const FILTERS: { readonly [name: string]: (value: unknown) => string } = {
  tojson: (value) => JSON.stringify(value ?? null),
  upper: (value) => shown(value).toUpperCase(),
  lower: (value) => shown(value).toLowerCase(),
  trim: (value) => shown(value).trim(),
  string: shown,
};

/** The template with values in the place of their names; of one that is not there nothing. */
export function renderTemplate(template: string, values: { readonly [name: string]: unknown }): string {
  return template.replaceAll(PLACE, (whole, inner: string) => {
    const [, name, steps, filter] = NAME.exec(inner) ?? [];
    if (!name) return whole;
    const value = look(Object.hasOwn(values, name) ? values[name] : undefined, steps ?? '');
    return (FILTERS[filter ?? 'string'] as (value: unknown) => string)(value);
  });
}

/** Parameters with what stands in them for values, Prefect's `__prefect_kind`: a template, JSON as text, or a plain value. */
export function renderValues(value: unknown, values: { readonly [name: string]: unknown }): unknown {
  if (Array.isArray(value)) return value.map((inner) => renderValues(inner, values));
  if (typeof value !== 'object' || value === null) return value;
  const { __prefect_kind: kind, ...rest } = value as Record<string, unknown>;
  if (kind === 'jinja') return renderTemplate(String(rest['template'] ?? ''), values);
  if (kind === 'json') return JSON.parse(String(renderValues(rest['value'], values)));
  if (kind === 'none') return renderValues(rest['value'], values);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renderValues(inner, values)]));
}

import type { JsonObject } from '@sluice/core/lib/json';
import type { RuleName } from '../../types/rules.ts';
import { asList, type Finding, type PostgresRule, rowText, textBytes } from './rule.ts';
import type { Dialect } from './shapes.ts';
import { unescaped } from './unescaped.ts';
import { readDate, readInstant } from './values.ts';

/** Arguments of the rule for arrays. */
export interface ArrayArgs {
  readonly element: RuleName;
  readonly element_args: JsonObject;
  readonly element_type: string;
  readonly depth: number;
}

const argsOf = (args: JsonObject): ArrayArgs => args as unknown as ArrayArgs;

/** The rule for arrays, on top of the rules of their elements. */
export function arrayRule(ruleOf: (name: RuleName) => PostgresRule): PostgresRule {
  return {
    copy: (column, args) => `to_json(${column}${elementsAreJson(argsOf(args)) ? '' : '::text[]'})`,
    value: (column, args, dialect) => arrayText(column, argsOf(args), ruleOf, dialect),
    unfit: (column, args) => unfitArray(column, argsOf(args), ruleOf),
    remark: (column, args) => [
      { when: `array_lower(${column}, 1) <> 1`, reason: 'arrays that did not begin at 1 begin there now' },
      ...elementRemarks(column, argsOf(args), ruleOf),
    ],
    spool: 'VARCHAR',
    read: (text, args) => readArray(unescaped(text), args),
  };
}

/** Elements travel as texts, for a number in JSON would go through a double; but a cast to text would cut padding and add netmasks. */
const elementsAreJson = ({ element }: ArrayArgs): boolean => element === 'bpchar' || element === 'inet';

/** As `listText` of the rules for DuckDB: the length of each dimension, then each element with its length. */
function arrayText(column: string, { element, element_args, depth }: ArrayArgs, ruleOf: (name: RuleName) => PostgresRule, dialect: Dialect): string {
  const dimensions = Array.from({ length: depth }, (_, level) => `coalesce(array_length(${column}, ${level + 1}), 0) || ':'`).join(' || ');
  const texts = `select ${rowText(ruleOf(element), 'e', element_args, dialect)} as t, o from unnest(${column}) with ordinality as u(e, o)`;
  const elements = `select string_agg(coalesce(${textBytes('t', dialect)} || ':' || t, 'N'), '' order by o) from (${texts}) s`;
  return `case when ${column} is not null then ${dimensions} || coalesce((${elements}), '') end`;
}

function unfitArray(column: string, { element, element_args, depth }: ArrayArgs, ruleOf: (name: RuleName) => PostgresRule): Finding {
  const others = `array_ndims(${column}) <> ${depth}`;
  const inner = ruleOf(element).unfit?.('e', element_args);
  if (!inner) return { when: others, reason: `it does not have ${depth} dimensions as the others do` };
  return {
    when: `(${others} or exists (select from unnest(${column}) as u(e) where ${inner.when}))`,
    reason: `it does not have ${depth} dimensions as the others do, or an element is unfit: ${inner.reason}`,
  };
}

/** What is told of elements is told of their array. */
const elementRemarks = (column: string, { element, element_args }: ArrayArgs, ruleOf: (name: RuleName) => PostgresRule): Finding[] =>
  asList(ruleOf(element).remark?.('e', element_args)).map(({ when, reason }) => ({
    when: `exists (select from unnest(${column}) as u(e) where ${when})`,
    reason,
  }));

const READ_ELEMENT: { readonly [element in RuleName]?: (text: string) => string } = {
  date: readDate,
  timestamp: readInstant('TIMESTAMP'),
  timestamptz: readInstant('TIMESTAMPTZ'),
  bytea: (text) => `unhex(${text}[3:])`,
};

/** A list of what `copy` has written. */
export function readArray(json: string, args: JsonObject): string {
  const { element, element_type, depth } = argsOf(args);
  const brackets = '[]'.repeat(depth);
  const texts = `${json}::JSON::VARCHAR${brackets}`;
  const read = READ_ELEMENT[element];
  if (read) return transformed(texts, depth, read);
  return element_type === 'VARCHAR' ? texts : `${texts}::${element_type}${brackets}`;
}

const transformed = (list: string, depth: number, read: (text: string) => string): string =>
  depth === 0 ? read(list) : `list_transform(${list}, lambda x${depth}: ${transformed(`x${depth}`, depth - 1, read)})`;

import type { ColumnPlan, TablePlan } from '../../model.ts';
import type { ArrayArgs } from '../../postgres/types/arrays.ts';
import { ruleNameOf } from '../../types/rules.ts';

export type TypedColumn = Pick<ColumnPlan, 'type' | 'type_args' | 'neutral_type' | 'source_type'>;

/** Types that stand in every database of PostgreSQL, as it writes them. Others are of somebody's own making, or of a setting of the server. */
const BUILT_IN = new RegExp(
  `^(${[
    'smallint|integer|bigint|oid|boolean|real|double precision',
    'numeric(\\(\\d+,-?\\d+\\))?',
    'text|name|uuid|bytea|json|jsonb|jsonpath|xml',
    'character varying(\\(\\d+\\))?|character\\(\\d+\\)|bit(\\(\\d+\\)| varying(\\(\\d+\\))?)',
    'date|(time|timestamp)(\\(\\d\\))? with(out)? time zone|interval[ a-z]*(\\(\\d\\))?',
    'inet|cidr|macaddr8?|pg_lsn|tsvector|tsquery',
    'point|line|lseg|box|path|polygon|circle',
    '(int4|int8|num|ts|tstz|date)(range|multirange)',
  ].join('|')})(\\[\\])?$`,
);

/** What a neutral type becomes; a text where PostgreSQL has nothing like it, such as a list of a file. */
const NEUTRAL: { readonly [type: string]: string } = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  UTINYINT: 'smallint',
  SMALLINT: 'smallint',
  USMALLINT: 'integer',
  INTEGER: 'integer',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'numeric(20,0)',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  BLOB: 'bytea',
  UUID: 'uuid',
  DATE: 'date',
  TIME: 'time without time zone',
  TIMESTAMP: 'timestamp without time zone',
  TIMESTAMP_S: 'timestamp without time zone',
  TIMESTAMP_MS: 'timestamp without time zone',
  TIMESTAMPTZ: 'timestamp with time zone',
  'TIMESTAMP WITH TIME ZONE': 'timestamp with time zone',
  JSON: 'json',
  BIT: 'bit varying',
};

/** What only a column of PostgreSQL has: of a file a value of the same neutral type is kept as DuckDB writes it. */
const OF_POSTGRES: { readonly [type: string]: string } = { TIMETZ: 'time with time zone', INTERVAL: 'interval' };

function ofNeutral(type: string): string {
  const name = type.toUpperCase();
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(name);
  return decimal ? `numeric(${decimal[1]},${decimal[2]})` : (NEUTRAL[name] ?? 'text');
}

/** The type of a column in the warehouse: of a table of PostgreSQL the one that it has there, where any database has that. */
export function postgresType(column: TypedColumn, kind: TablePlan['kind']): string {
  if (kind !== 'postgres' || ruleNameOf(column.type) !== column.type) return ofNeutral(column.neutral_type);
  if (BUILT_IN.test(column.source_type)) return column.source_type;
  if (column.type === 'composite') return 'json';
  if (column.type !== 'array') return OF_POSTGRES[column.neutral_type] ?? ofNeutral(column.neutral_type);
  const { element_type } = column.type_args as unknown as ArrayArgs;
  return `${OF_POSTGRES[element_type] ?? ofNeutral(element_type)}[]`;
}

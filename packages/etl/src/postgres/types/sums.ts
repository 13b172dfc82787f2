import type { ColumnPlan, VerifyLevel } from '../../model.ts';
import { type RuleName, SHAPE_OF } from '../../types/rules.ts';
import { concatAll, identifier } from '../../types/sql.ts';
import type { SumExpression } from '../../types/table-sums.ts';
import { asList, type Finding, type PostgresRule, rowText, textBytes } from './rule.ts';
import { POSTGRES_RULES } from './rules.ts';
import { type Dialect, md5Sum, POSTGRES_SHAPES } from './shapes.ts';

/** The rule of a column that was planned from PostgreSQL. */
export const postgresRule = ({ type }: ColumnPlan): PostgresRule => POSTGRES_RULES[type as RuleName];

/** As `duckdbSums`, over the table in the source. Bounds are the texts themselves: see `sealSums`. */
export function postgresSums(columns: readonly ColumnPlan[], dialect: Dialect): SumExpression[] {
  return columns.flatMap((column) => {
    const source = identifier(column.source_name);
    const value = postgresRule(column).value(source, column.type_args, dialect);
    const sums = { n: `count(${source})`, ...POSTGRES_SHAPES[SHAPE_OF[column.type as RuleName]](value, dialect) };
    return Object.entries(sums).map(([sum, sql]) => ({ column: column.name, sum, sql }));
  });
}

/** As `duckdbRowChecksum`. */
export function postgresRowChecksum(columns: readonly ColumnPlan[], dialect: Dialect, verify: VerifyLevel): string {
  if (verify !== 'full') return 'null';
  const texts = columns.map((column) => {
    const text = rowText(postgresRule(column), identifier(column.source_name), column.type_args, dialect);
    return `coalesce(${textBytes(text, dialect)} || ':' || (${text}), 'N')`;
  });
  return md5Sum(concatAll(texts), dialect);
}

/** A finding of a column's rule, with its column. */
export interface ColumnFinding extends Finding {
  readonly column: string;
}

/** What may be wrong with values of these columns: `unfit` for a row to be kept, or a `remark` only. */
export function findings(columns: readonly ColumnPlan[], kind: 'unfit' | 'remark'): ColumnFinding[] {
  return columns.flatMap((column) => {
    const found = asList(postgresRule(column)[kind]?.(identifier(column.source_name), column.type_args));
    return found.map((finding) => ({ ...finding, column: column.name }));
  });
}

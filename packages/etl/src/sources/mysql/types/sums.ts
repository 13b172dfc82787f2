import type { ColumnPlan, TableSums, VerifyLevel } from '../../../model.ts';
import { type RuleName, SHAPE_OF } from '../../../types/rules.ts';
import { BOUND, type EngineShapes } from '../../../types/shapes.ts';
import { readSums, type SumExpression } from '../../../types/table-sums.ts';
import { quoted } from '../names.ts';
import { mysqlRule } from './rules.ts';

const sumOfMd5 = (md5: string): string => `sum(cast(conv(left(${md5}, 15), 16, 10) as unsigned))`;

/** By bytes: the collations of MySQL compare without case, accents and spaces at the end. */
const bound = (which: 'min' | 'max', value: string): string => `left(convert(${which}(cast(${value} as binary)) using utf8mb4), ${BOUND})`;

const textShape: EngineShapes['text'] = (value) => ({ bytes: `sum(octet_length(${value}))`, min: bound('min', value), max: bound('max', value) });

/** MySQL's half of the shapes. */
const MYSQL_SHAPES: Pick<EngineShapes, 'number' | 'text' | 'digest' | 'blob'> = {
  number: (value) => ({ sum: `sum(${value})` }),
  text: textShape,
  digest: (value) => ({ md5: sumOfMd5(`md5(${value})`) }),
  blob: (value) => ({ bytes: `sum(octet_length(${value}))`, md5: sumOfMd5(`md5(${value})`) }),
};

function mysqlSums(columns: readonly ColumnPlan[]): SumExpression[] {
  return columns.flatMap((column) => {
    const source = quoted(column.source_name);
    const shape = MYSQL_SHAPES[SHAPE_OF[column.type as RuleName] as keyof typeof MYSQL_SHAPES];
    const sums = { n: `count(${source})`, ...shape(mysqlRule(column).value(source)) };
    return Object.entries(sums).map(([sum, sql]) => ({ column: column.name, sum, sql }));
  });
}

function rowChecksum(columns: readonly ColumnPlan[]): string {
  const texts = columns.map((column) => {
    const [rule, source] = [mysqlRule(column), quoted(column.source_name)];
    const text = (rule.text ?? rule.value)(source);
    return `ifnull(concat(octet_length(${text}), ':', ${text}), 'N')`;
  });
  return sumOfMd5(`md5(concat(${texts.join(', ')}, ''))`);
}

/** All sums of a table as the columns of one row; bounds are the texts themselves. */
export const sumsQuery = (columns: readonly ColumnPlan[], verify: VerifyLevel): string =>
  ['count(*)', ...mysqlSums(columns).map(({ sql }) => sql), verify === 'full' ? rowChecksum(columns) : 'null'].join(', ');

export function readSumsRow(columns: readonly ColumnPlan[], [rows, ...sums]: readonly (string | null)[]): TableSums {
  return { rows: Number(rows), columns: readSums(mysqlSums(columns), sums), checksum: sums.at(-1) ?? null };
}

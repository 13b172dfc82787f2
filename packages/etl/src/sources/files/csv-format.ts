import type { ColumnPlan } from '../../model.ts';
import { type CsvDialect, findCsvRecord } from './csv-records.ts';
import { type Fault, shown, type TextFormat } from './text-format.ts';
import { textType, VARCHAR } from './text-types.ts';

/** CSV: a bare empty value is NULL, a quoted one is an empty text, and each record has a value for every column. */
export function csvFormat(columns: readonly ColumnPlan[], dialect: CsvDialect): TextFormat {
  const types = columns.map(({ type }) => textType(type));
  const typed = types.flatMap((type, index) => (type === VARCHAR ? [] : [{ index, type }]));
  const badValue = (column: number, value: string): Fault => ({
    column: columns[column]?.source_name ?? null,
    reason: `${value} cannot be kept as ${types[column]?.name}`,
  });
  return {
    find: (block, from, final, found) => findCsvRecord(block, from, final, dialect, found),
    // In a file of one column, an empty line is a NULL.
    isBlank: (_block, { start, end }) => start === end && columns.length > 1,
    judge(block, found) {
      if (found.columns !== columns.length)
        return { column: null, reason: `it has ${found.columns} ${found.columns === 1 ? 'value' : 'values'} instead of ${columns.length}` };
      for (const { index, type } of typed) {
        const [start = 0, end = 0] = [found.starts[index], found.ends[index]];
        if ((start < end || found.quotes[index]) && !type.keeps(block, start, end)) return badValue(index, shown(block, start, end));
      }
      return null;
    },
    write: (spool, block, found) => spool.line(block, found.start, found.end, found.next),
  };
}

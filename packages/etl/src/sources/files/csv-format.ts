import type { ColumnPlan, CsvLayout } from '../../model.ts';
import { csvFind } from './csv-find.ts';
import { byNullWords } from './null-words.ts';
import { pointOf } from './number-text.ts';
import { type Fault, shown, type TextFormat } from './text-format.ts';
import { textType } from './text-types.ts';

/** CSV: a bare empty value is NULL, a quoted one is an empty text, and each record has a value for every column. */
export function csvFormat(columns: readonly ColumnPlan[], layout: CsvLayout): TextFormat {
  const typed = columns.flatMap((column, index) => {
    const { name, keeps, guessed } = textType(column, pointOf(layout.decimal));
    return keeps ? [{ index, name, keeps, guessed }] : [];
  });
  const isNull = byNullWords(layout.null_words);
  const emptyIsNull = layout.null_words.includes('');
  const comment = layout.comment?.charCodeAt(0);
  return {
    find: csvFind(layout),
    // In a file of one column, an empty line is a NULL.
    isBlank: (block, { start, end }) => (start === end ? columns.length > 1 : block[start] === comment),
    judge(block, found) {
      if (found.columns !== columns.length)
        return { column: null, reason: `it has ${found.columns} ${found.columns === 1 ? 'value' : 'values'} instead of ${columns.length}` };
      for (const { index, name, keeps, guessed } of typed) {
        const [start = 0, end = 0] = [found.starts[index], found.ends[index]];
        const quoted = found.quotes[index] ?? false;
        if ((start < end || (quoted && !emptyIsNull)) && !keeps(block, start, end) && (quoted || !isNull?.(block, start, end)))
          return { ...badValue(columns[index], name, shown(block, start, end)), misfit: guessed };
      }
      return null;
    },
    write: (spool, block, found) => spool.line(block, found.start, found.end, found.next),
  };
}

const badValue = (column: ColumnPlan | undefined, type: string, value: string): Fault => ({
  column: column ? column.source_name || column.name : null,
  reason: `${value} cannot be kept as ${type}`,
});

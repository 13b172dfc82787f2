import type { ColumnPlan } from '../../../model.ts';
import type { Engine } from '../../../stage/engine.ts';
import { identifier } from '../../../types/sql.ts';
import type { TextKind } from './carried-types.ts';
import { openParquet, rowsOfGroups } from './footer.ts';
import { textOf } from './text-of.ts';
import { metaOf, readChunk, valuesOf } from './values.ts';

export const isKeptAsText = ({ type_args }: ColumnPlan): boolean => type_args['text'] !== undefined;

/** Reads the columns that DuckDB would change, and puts their texts into a table of the session, by the number of the row. */
export async function keepTexts(
  path: string,
  columns: readonly ColumnPlan[],
  { engine: { connection }, table }: { engine: Engine; table: string },
): Promise<void> {
  await connection.run(`create or replace temp table ${table} (row BIGINT, ${columns.map(({ name }) => `${identifier(name)} VARCHAR`).join(', ')})`);
  await using file = await openParquet(path);
  const starts = rowsOfGroups(file.groups);
  for (const [index, group] of file.groups.entries()) {
    const read = await Promise.all(
      columns.map(async ({ source_name, type_args }) => {
        const meta = metaOf(group, source_name);
        if (!meta) throw new Error(`a row group has no column ${source_name}`);
        const chunk = await readChunk(file, meta);
        const element = chunk.path.at(-1)?.element ?? { name: source_name };
        return { values: valuesOf(chunk, group), text: (value: number) => textOf(value, type_args['text'] as TextKind, element) };
      }),
    );
    const appender = await connection.createAppender(table);
    for (let row = 0; row < Number(group.num_rows); row++) {
      appender.appendBigInt(BigInt((starts[index]?.from ?? 0) + row));
      for (const { values, text } of read) {
        const value = values[row];
        if (value === null || value === undefined) appender.appendNull();
        else appender.appendVarchar(text(value));
      }
      appender.endRow();
    }
    appender.closeSync();
  }
}

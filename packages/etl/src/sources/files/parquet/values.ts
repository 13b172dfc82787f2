import type { ColumnMetaData, DecodedArray, RowGroup, SchemaTree } from 'hyparquet';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import type { ParquetFile } from './footer.ts';
import type { Chunk } from './pages.ts';
import { UNPACKERS } from './unpackers.ts';

/** The pages of a column in a row group. */
export async function readChunk(file: ParquetFile, meta: ColumnMetaData): Promise<Chunk> {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const first = start > Number(meta.data_page_offset) ? Number(meta.data_page_offset) : start;
  const bytes = await file.slice(first, first + Number(meta.total_compressed_size));
  const root = { children: [...file.columns], count: 0, element: { name: 'root' }, path: [] } as SchemaTree;
  return { bytes, meta, path: getTreePath(root, meta.path_in_schema) };
}

/** The values of a flat column in a row group as they are stored, null for none: no type of a higher kind is made of them. */
export function valuesOf({ bytes, meta, path }: Chunk, group: RowGroup): DecodedArray {
  const leaf = path.at(-1)?.element ?? { name: '' };
  const { converted_type: _converted, logical_type: _logical, ...element } = leaf;
  const rows = Number(group.num_rows);
  const { data } = readColumn(
    { view: new DataView(bytes), offset: 0 },
    { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows },
    {
      ...meta,
      pathInSchema: meta.path_in_schema,
      element,
      schemaPath: path,
      utf8: false,
      compressors: UNPACKERS,
      // Those of INT96 come as nanoseconds.
      parsers: { ...DEFAULT_PARSERS, timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds },
    },
  );
  const [only] = data;
  return only && data.length === 1 ? only : data.flatMap((each) => Array.from(each as ArrayLike<unknown>));
}

/** The part of a row group that holds this column, which is not a part of another. */
export const metaOf = (group: RowGroup, name: string): ColumnMetaData | undefined =>
  group.columns.find(({ meta_data }) => meta_data?.path_in_schema.length === 1 && meta_data.path_in_schema[0] === name)?.meta_data;

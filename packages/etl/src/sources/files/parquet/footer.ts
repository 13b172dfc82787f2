import { type FileHandle, open } from 'node:fs/promises';
import { type FileMetaData, parquetMetadataAsync, parquetSchema, type RowGroup, type SchemaTree } from 'hyparquet';

/** A Parquet file as the second reader sees it, which shares nothing with DuckDB. */
export interface ParquetFile extends AsyncDisposable {
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  /** Columns of the file, each with what it is made of. */
  readonly columns: readonly SchemaTree[];
  slice(start: number, end: number): Promise<ArrayBuffer>;
}

/** Opens a file and reads its footer. A fault in the footer is an error. */
export async function openParquet(path: string): Promise<ParquetFile> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const slice = (start: number, end = size) => readSlice(handle, start, end);
    const metadata: FileMetaData = await parquetMetadataAsync({ byteLength: size, slice }, { geoparquet: false });
    return {
      rows: Number(metadata.num_rows),
      groups: metadata.row_groups,
      columns: parquetSchema(metadata).children,
      slice,
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readSlice(handle: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new ArrayBuffer(end - start);
  const { bytesRead } = await handle.read(new Uint8Array(bytes), 0, bytes.byteLength, start);
  if (bytesRead < bytes.byteLength) throw new Error('the file ends before its pages do');
  return bytes;
}

/** Rows of a row group, and all before it. */
export function rowsOfGroups(groups: readonly RowGroup[]): { from: number; to: number; bytes: number }[] {
  let to = 0;
  return groups.map(({ num_rows, columns }) => {
    const from = to;
    to += Number(num_rows);
    return { from, to, bytes: columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0), 0) };
  });
}

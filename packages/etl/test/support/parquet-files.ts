import { type FileMetaData, parquetMetadata, type SchemaElement } from 'hyparquet';
import { ByteWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';

type Stored = number | bigint | Uint8Array | string | null;

/** A column as it is stored, and what the footer is to say that it is. */
export interface WrittenColumn {
  readonly name?: string;
  readonly stored: Pick<SchemaElement, 'type' | 'type_length'>;
  readonly says?: Partial<SchemaElement>;
  readonly data: readonly Stored[];
}

/** A Parquet file by a writer that is not DuckDB, with types that DuckDB cannot write. */
export function parquetOf(columns: readonly WrittenColumn[], change: (metadata: FileMetaData) => void = () => {}): Buffer {
  const named = columns.map((column, index) => ({ name: `c${index}`, ...column }));
  const bytes = parquetWriteBuffer({
    columnData: named.map(({ name, data }) => ({ name, data: [...data] })),
    schema: [
      { name: 'root', num_children: columns.length },
      ...named.map(({ name, stored }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...stored })),
    ],
    statistics: false,
    codec: 'UNCOMPRESSED',
  });
  return withFooter(Buffer.from(bytes), (metadata) => {
    for (const [index, { says }] of named.entries()) {
      Object.assign(metadata.schema[index + 1] ?? {}, says);
      for (const { columns: chunks } of metadata.row_groups) if (says?.type) Object.assign(chunks[index]?.meta_data ?? {}, { type: says.type });
    }
    change(metadata);
  });
}

/** The same pages under a changed footer. */
export function withFooter(file: Buffer, change: (metadata: FileMetaData) => void): Buffer {
  const metadata = parquetMetadata(Uint8Array.from(file), { geoparquet: false });
  change(metadata);
  const writer = new ByteWriter();
  writeMetadata(writer, metadata);
  const pages = file.subarray(0, file.length - 8 - metadata.metadata_length);
  const footer = Buffer.from(writer.getBytes());
  // With its length, when the writer has not put it there.
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  const ended = footer.readUInt32LE(footer.length - 4) === footer.length - 4 ? footer : Buffer.concat([footer, length]);
  return Buffer.concat([pages, ended, Buffer.from('PAR1')]);
}

/** Bytes of a whole number, the highest first. */
export const bytesOf = (number: bigint, length: number): Uint8Array =>
  Uint8Array.from(
    Buffer.from(
      BigInt.asUintN(length * 8, number)
        .toString(16)
        .padStart(length * 2, '0'),
      'hex',
    ),
  );

/** An instant as Impala and Spark store it: nanoseconds of the day, and the day. */
export function int96(nanoseconds: bigint): Uint8Array {
  const day = 86_400_000_000_000n;
  const days = (nanoseconds - (((nanoseconds % day) + day) % day)) / day;
  return bytesOf(((days + 2_440_588n) << 64n) | (nanoseconds - days * day), 12).toReversed();
}

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type CopiedFile, SPOOL_START } from './copied-text.ts';
import { readableBytes } from './readable-bytes.ts';

/** The lines of a spool file as bytes, without their ends. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  for await (const block of createReadStream(path, { start: SPOOL_START.length })) {
    const bytes = block as Buffer;
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      yield Buffer.concat([...pieces, bytes.subarray(from, end)]);
      pieces = [];
      from = end + 1;
    }
    if (from < bytes.length) pieces.push(bytes.subarray(from));
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}

/** A spool file with the number and the raw text of these lines of another one: DuckDB only gives back what it could read. */
export async function writeRawLines(path: string, wanted: readonly number[], to: string): Promise<CopiedFile> {
  const lines = new Set(wanted);
  return await writeLines(path, to, (bytes, number) =>
    lines.has(number) ? `${number}\t${readableBytes(bytes).replaceAll('\\', '\\\\').replaceAll('\t', '\\t')}` : undefined,
  );
}

/** The same file with no byte in it that is not UTF-8: DuckDB would leave such a line out. */
export const writeReadable = (path: string, to: string): Promise<CopiedFile> => writeLines(path, to, (bytes) => readableBytes(bytes, '\\\\x'));

async function writeLines(path: string, to: string, change: (bytes: Buffer, number: number) => string | undefined): Promise<CopiedFile> {
  await using file = await open(to, 'w');
  await file.write(SPOOL_START);
  let [number, rows, longest] = [0, 0, 0];
  for await (const bytes of linesOf(path)) {
    const line = change(bytes, ++number);
    if (line === undefined) continue;
    const written = Buffer.from(`${line}\n`);
    await file.writeFile(written);
    rows++;
    longest = Math.max(longest, written.length);
  }
  return { path: to, rows, longest };
}

/** A file of this size is looked through as a whole before its types are decided. */
const WHOLE_BYTES = 64 << 20;

const HEAD_BYTES = 32 << 20;
const BLOCKS = 8;
const BLOCK_BYTES = 4 << 20;

export interface Range {
  readonly start: number;
  readonly bytes: number;
}

/** Where to look for the types of a file: all of it when it is small; of a large one its beginning, and blocks spread over the rest. */
export function sampleRanges(bytes: number, zipped: boolean): (Range | undefined)[] {
  if (bytes <= WHOLE_BYTES && !zipped) return [undefined];
  const head = { start: 0, bytes: zipped ? WHOLE_BYTES : HEAD_BYTES };
  // A packed file can only be read from its beginning.
  if (zipped) return [head];
  const step = Math.floor((bytes - HEAD_BYTES - BLOCK_BYTES) / BLOCKS);
  return [head, ...Array.from({ length: BLOCKS }, (_, index) => ({ start: HEAD_BYTES + step * (index + 1), bytes: BLOCK_BYTES }))];
}

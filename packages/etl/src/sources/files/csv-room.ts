/** What a reader of CSV has to be ready for. */
export interface RecordShape {
  /** Bytes of the longest record. */
  readonly longest: number;
  /** Whether a value holds line breaks. */
  readonly multiline: boolean;
}

const BUFFER_BYTES = 8 << 20;
/** Longer records need larger buffers than DuckDB takes by itself. */
const USUAL_RECORD = 1 << 20;

/**
 * Options with which `read_csv` reads such records. With several threads it starts in the middle of the file at a line break: when
 * that one is inside a value it fails, for good files too ("unterminated quote"; measured with values of 100 bytes to 300 kB).
 */
export function csvRoom({ longest, multiline }: RecordShape): string {
  const long = longest > USUAL_RECORD;
  const bytes = longest + 1024;
  const size = long ? `max_line_size = ${bytes}, buffer_size = ${Math.max(BUFFER_BYTES, bytes)}` : `buffer_size = ${BUFFER_BYTES}`;
  return `${size}, parallel = ${!long && !multiline}`;
}

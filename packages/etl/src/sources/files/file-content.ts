import type { Buffer } from 'node:buffer';

/** Letters that a text may begin with too, and a sign behind them that stands in none. */
function binary(letters: string): RegExp {
  return new RegExp(`^${letters}(?:..)*?(?:0[0-8bcef]|1[\\da-f])`);
}

/** Files of other programs: what they begin with, in hexadecimal digits, and what to do about them. */
const OTHERS = {
  bzip2: { first: /^425a683[1-9]314159265359/, advice: 'it is packed by bzip2: unpack it, or pack it with gzip or zstd' },
  xz: { first: /^fd377a585a00/, advice: 'it is packed by xz: unpack it, or pack it with gzip or zstd' },
  lz4: { first: /^04224d18/, advice: 'it is packed by lz4: unpack it, or pack it with gzip or zstd' },
  zip: { first: /^504b0[35]0[46]/, advice: 'it is a ZIP archive or a workbook: unpack it, or save each sheet as CSV' },
  office: { first: /^d0cf11e0/, advice: 'it is an old Office document: save each sheet as CSV' },
  avro: { first: /^4f626a01/, advice: 'it is an Avro file: write it as Parquet' },
  orc: { first: binary('4f5243'), advice: 'it is an ORC file: write it as Parquet' },
  arrow: { first: binary('4152524f5731'), advice: 'it is an Arrow file: write it as Parquet' },
  sqlite: { first: /^53514c69746520666f726d617420330/, advice: 'it is an SQLite database: write its tables as CSV or Parquet' },
} as const;

type Other = keyof typeof OTHERS;

/** What a file holds, as far as its first bytes tell. */
export type Content = 'gzip' | 'zstd' | 'parquet' | 'text' | Other;

const FIRST: readonly (readonly [Content, RegExp])[] = [
  ['gzip', /^1f8b08/],
  // A frame, or one that is skipped.
  ['zstd', /^(?:28b52ffd|5[0-9a-f]2a4d18)/],
  ['parquet', binary('504152(?:31|45)')],
  ...Object.entries(OTHERS).map(([content, { first }]) => [content as Other, first] as const),
];

/** So many bytes tell it. */
export const CONTENT_BYTES = 16;

/** The one place where the content of a file is told: by its first bytes, whatever its name is. */
export function contentOf(head: Buffer): Content {
  const digits = head.toString('hex', 0, CONTENT_BYTES);
  return FIRST.find(([, first]) => first.test(digits))?.[0] ?? 'text';
}

const isOther = (content: Content): content is Other => Object.hasOwn(OTHERS, content);

/** Why such a file is not read, and what to do; null for one that is. */
export const adviceOn = (content: Content): string | null => (isOther(content) ? OTHERS[content].advice : null);

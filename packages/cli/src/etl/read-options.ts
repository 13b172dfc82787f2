import { SluiceError } from '@sluice/core/errors/sluice-error';
import { choice, flag, list, text, whole } from '../program/options.ts';

/** Options that say how the files of a source are written, where the guess is wrong. */
export const READ_OPTIONS = {
  delimiter: text('--delimiter <character>', 'CSV: the character between values; \\t for a tab'),
  quote: text('--quote <character>', "CSV: the character around values; '' when there is none"),
  header: choice('--header <whether>', 'CSV: whether the first line holds the names of the columns', ['yes', 'no']),
  skip: whole('--skip <lines>', 'CSV: lines before the header, or before the first row', undefined, { min: 0 }),
  comment: text('--comment <character>', 'CSV: lines that begin with this character are left out'),
  encoding: text('--encoding <name>', 'Encoding of text files, such as windows-1252'),
  nullWords: list('--null <word>', "CSV: a bare value that is NULL, such as NA, or '' for an empty value in quotes; can be given more than once"),
  decimal: choice('--decimal <sign>', 'CSV: the decimal sign', ['.', ',']),
  types: list('--type <column=type>', 'Type of a column, in every table that has it: zip=varchar; can be given more than once'),
  partitions: flag('--partitions', 'Keys of folders, such as year=2024, become columns'),
} as const;

type Parsed = { readonly [N in keyof typeof READ_OPTIONS]: (typeof READ_OPTIONS)[N]['fallback'] | undefined } & {
  readonly header?: 'yes' | 'no' | undefined;
};

/** What a job is told of its files: a parameter of its flow run. */
export interface ReadParameter {
  readonly csv?: { readonly [option: string]: string | number | boolean | readonly string[] };
  readonly types?: { readonly [column: string]: string };
  readonly partitions?: true;
}

/** What was said of files among all options of a command; undefined when nothing was. */
export function toReadParameter({ types = [], nullWords = [], partitions, header, delimiter, ...rest }: Parsed): ReadParameter | undefined {
  const csv = Object.fromEntries(
    Object.entries({
      ...rest,
      delimiter: delimiter === '\\t' ? '\t' : delimiter,
      header: header && header === 'yes',
      nullWords: nullWords.length > 0 ? nullWords : undefined,
    }).filter(([name, value]) => name in READ_OPTIONS && value !== undefined),
  ) as NonNullable<ReadParameter['csv']>;
  const given = readTypes(types);
  if (Object.keys(csv).length === 0 && types.length === 0 && !partitions) return undefined;
  return { ...(Object.keys(csv).length > 0 && { csv }), ...(types.length > 0 && { types: given }), ...(partitions && { partitions }) };
}

/** Types of columns, as they are given by `--type`. */
export const readTypes = (written: readonly string[]): Record<string, string> => Object.fromEntries(written.map(readType));

/** The last sign of equality parts a column's name from its type. */
function readType(written: string): [column: string, type: string] {
  const at = written.lastIndexOf('=');
  if (at > 0 && at < written.length - 1) return [written.slice(0, at), written.slice(at + 1)];
  throw new SluiceError('USAGE', `"${written}" does not name a column and its type.`, {
    hint: "Write it as --type zip=varchar or --type 'price=decimal(10,2)'.",
  });
}

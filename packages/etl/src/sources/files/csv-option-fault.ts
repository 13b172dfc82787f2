import type { CsvOptions } from '../../model.ts';
import { encodingOf } from './encoding.ts';

/** One byte in every encoding that is read, and no end of a line. */
const isSign = (text: string): boolean => /^[\t\x20-\x7e]$/.test(text);

/** What is wrong with what a person says of a file, as a sentence; null when nothing is. */
export function csvOptionFault({ delimiter, quote, comment, skip, encoding, decimal }: CsvOptions): string | null {
  if (delimiter !== undefined && !isSign(delimiter))
    return `A delimiter is one character, such as ";" or a tab, and not ${JSON.stringify(delimiter)}.`;
  if (quote !== undefined && quote !== '' && !isSign(quote)) return `A quote is one character, or empty for none, and not ${JSON.stringify(quote)}.`;
  if (comment !== undefined && comment !== '' && !isSign(comment))
    return `A comment begins with one character, such as "#", and not with ${JSON.stringify(comment)}.`;
  const signs = [delimiter, quote, comment].filter((sign) => sign !== undefined && sign !== '');
  if (new Set(signs).size < signs.length) return 'Delimiter, quote and comment are three different characters.';
  if (skip !== undefined && !(Number.isInteger(skip) && skip >= 0)) return `The lines to skip are a whole number, 0 or more, and not ${skip}.`;
  if (decimal !== undefined && decimal !== '.' && decimal !== ',') return `The decimal sign is "." or ",", and not ${JSON.stringify(decimal)}.`;
  if (encoding !== undefined && !encodingOf(encoding))
    return `The encoding ${JSON.stringify(encoding)} is not known. Use utf-8, utf-16le, latin1, windows-1252 or another encoding of the web.`;
  return null;
}

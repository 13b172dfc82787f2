import { RE2JS } from 're2js';

/** What JavaScript's `\s` and `.` mean: RE2 knows fewer spaces, and fewer ends of a line. */
const SPACES = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const LINE_ENDS = String.raw`\n\r\x{2028}\x{2029}`;

const TOKEN = /\\.|[[\].]|[^\\[\].]+/gsu;

/** The same pattern in RE2's words. */
function translate(pattern: string): string {
  let inClass = false;
  const tokens = RE2JS.translateRegExp(pattern).match(TOKEN) ?? [];
  const words = tokens.map((token) => {
    if (token === '[') inClass = true;
    else if (token === ']') inClass = false;
    else if (token === String.raw`\s`) return inClass ? SPACES : `[${SPACES}]`;
    else if (token === String.raw`\S`) {
      if (inClass) throw new Error(String.raw`\S inside of […]`);
      return `[^${SPACES}]`;
    } else if (token === '.' && !inClass) return `[^${LINE_ENDS}]`;
    return token;
  });
  return words.join('');
}

/** A regular expression of a client, run by an engine whose time grows with the text and never explodes: what RE2 does not support is refused. */
export function linearPattern(pattern: string): { test(text: string): boolean; toString(): string } {
  let compiled: RE2JS;
  try {
    // Also refuses what JavaScript would not read, as the other languages that use the schema.
    new RegExp(pattern, 'u');
    compiled = RE2JS.compile(translate(pattern));
  } catch (cause) {
    throw new Error(`the pattern "${pattern}" is not one that RE2 can run (no look-around, no back references): ${(cause as Error).message}`, {
      cause,
    });
  }
  return { test: (text) => compiled.matcher(text).find(), toString: () => pattern };
}

/** Room for the mark of a cut. */
const MARK_BYTES = 48;

/** As every store holds it: a NUL is shown as U+2400, half of a surrogate pair as U+FFFD. */
export const wellFormed = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\u2400') : text).toWellFormed();

/** A text of the user's on its way into a state, a name or a log: well-formed, and at most so many bytes, with a mark that says how much was cut. */
export function safeText(text: string, maxBytes: number): string {
  const whole = wellFormed(text);
  if (whole.length * 3 <= maxBytes) return whole;
  const { read } = new TextEncoder().encodeInto(whole, new Uint8Array(maxBytes));
  if (read === whole.length) return whole;
  const head = new TextEncoder().encodeInto(whole, new Uint8Array(Math.max(0, maxBytes - MARK_BYTES))).read;
  return `${whole.slice(0, head)} … (${whole.length - head} more characters were cut)`;
}

/** A number of a JSON text that a double does not write the same way again: `1.10`, `-0`, `12345678901234567890`, `1e400`. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** What is left of it as a number. */
  get value(): number {
    return Number(this.text);
  }

  /** Whether the number is the one that was written, whatever its text: `1.10` is, `12345678901234567890` is not. */
  get isExact(): boolean {
    return decimal(this.text) === decimal(String(this.value));
  }
}

type Reviver = (key: string, value: unknown) => unknown;

/** Reads JSON. Numbers whose text would be lost come as `NumberText`, so that the caller decides; throws a SyntaxError as JSON.parse does. */
export function parseExactJson(text: string): unknown {
  const keepText = (_key: string, value: unknown, { source }: { readonly source?: string }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? new NumberText(source) : value;
  return JSON.parse(text, keepText as Reviver);
}

/** One form for all texts of one decimal number: its digits without outer zeros, and the place of the last of them. */
function decimal(text: string): string {
  const [, sign = '', whole = '', part = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return /\d/.test(text) ? '0' : text;
  return `${sign}${kept}e${Number(exponent) - part.length + digits.length - kept.length}`;
}

import { NumberText } from '../lib/exact-json.ts';
import { isObject } from '../lib/json.ts';

/** A float as Python writes it: its shortest digits, with a point or an exponent. */
function pythonFloat(value: number): string {
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

const pythonNumber = (text: string): string => (/[.e]/i.test(text) ? pythonFloat(Number(text)) : text);

const pythonText = (text: string): string =>
  JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What `json.dumps(value, sort_keys=True)` of Python writes. Numbers whose text matters come as `NumberText`: 60.0 is a float. */
export function pythonJson(value: unknown): string {
  if (value instanceof NumberText) return pythonNumber(value.text);
  if (typeof value === 'number') return pythonNumber(String(value));
  if (typeof value === 'string') return pythonText(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${pythonText(key)}: ${pythonJson(value[key])}`).join(', ')}}`;
}

/** JSON in which each number has the text that it came with. */
export function exactJson(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${exactJson(inner)}`)
    .join(',')}}`;
}

import { hash } from 'node:crypto';
import type { ColumnPlan, ColumnSums, TableSums } from '../../model.ts';
import { SHAPE_OF } from '../../types/rules.ts';
import { BOUND } from '../../types/shapes.ts';
import { type Kept, type SqliteRule, sqliteRule } from './types/rules.ts';

/** Sums of a column, value by value: what the shapes of the other engines say in SQL. */
interface Summing {
  add(value: Kept): void;
  sums(): ColumnSums;
}

/** First 60 bits of an md5. */
const md5Number = (value: string | Uint8Array): bigint => BigInt(`0x${hash('md5', value, 'hex').slice(0, 15)}`);

const SHAPES = {
  number: (write: (sum: bigint) => string): Summing => {
    let sum: bigint | null = null;
    return {
      add: (value) => {
        sum = (sum ?? 0n) + (value as bigint);
      },
      sums: () => ({ sum: sum === null ? null : write(sum) }),
    };
  },
  text: (): Summing => {
    let [bytes, min, max]: [number | null, string | null, string | null] = [null, null, null];
    return {
      add: (value) => {
        const text = value as string;
        bytes = (bytes ?? 0) + Buffer.byteLength(text);
        if (min === null || isBefore(text, min)) min = text;
        if (max === null || isBefore(max, text)) max = text;
      },
      sums: () => ({ bytes: bytes === null ? null : String(bytes), min: beginning(min), max: beginning(max) }),
    };
  },
  blob: (): Summing => {
    let [bytes, md5]: [number | null, bigint] = [null, 0n];
    return {
      add: (value) => {
        const blob = value as Uint8Array;
        bytes = (bytes ?? 0) + blob.length;
        md5 += md5Number(blob);
      },
      sums: () => ({ bytes: bytes === null ? null : String(bytes), md5: bytes === null ? null : String(md5) }),
    };
  },
};

/** By bytes, as the other engines compare: JavaScript's own order is by UTF-16, where the halves of a pair stand before U+E000. */
export function isBefore(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one !== other) return weight(one) < weight(other);
  }
  return a.length < b.length;
}

const weight = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

const beginning = (text: string | null): string | null => text && [...text.slice(0, BOUND * 2)].slice(0, BOUND).join('');

/** Sums of rows of a table, with the md5 of each row where that is wanted. */
export class SummedRows {
  rows = 0;
  readonly #columns: readonly { readonly name: string; readonly rule: SqliteRule; readonly plan: ColumnPlan; readonly summing: Summing; n: number }[];
  readonly #isFull: boolean;
  #checksum = 0n;

  constructor(columns: readonly ColumnPlan[], isFull: boolean) {
    this.#isFull = isFull;
    this.#columns = columns.map((plan) => {
      const rule = sqliteRule(plan.type);
      const write = (sum: bigint) => writeNumber(rule, plan, sum);
      return { name: plan.name, rule, plan, n: 0, summing: SHAPES[SHAPE_OF[rule.type] as keyof typeof SHAPES](write) };
    });
  }

  add(row: readonly (Kept | null)[]): void {
    this.rows++;
    let text = '';
    for (const [index, column] of this.#columns.entries()) {
      const value = row[index] ?? null;
      if (value !== null) {
        column.n++;
        column.summing.add(value);
      }
      if (this.#isFull) text += value === null ? 'N' : withLength(textOf(column.rule, column.plan, value));
    }
    if (this.#isFull) this.#checksum += md5Number(text);
  }

  sums(): TableSums {
    const columns = this.#columns.map(({ name, n, summing }) => [name, { n: String(n), ...summing.sums() }] as const);
    return { rows: this.rows, columns: Object.fromEntries(columns), checksum: this.#isFull && this.rows > 0 ? String(this.#checksum) : null };
  }
}

const withLength = (text: string): string => `${Buffer.byteLength(text)}:${text}`;

const writeNumber = ({ write }: SqliteRule, { type_args }: ColumnPlan, value: bigint): string => (write ? write(value, type_args) : String(value));

function textOf(rule: SqliteRule, plan: ColumnPlan, value: Kept): string {
  if (typeof value === 'bigint') return writeNumber(rule, plan, value);
  return typeof value === 'string' ? value : hash('md5', value, 'hex');
}

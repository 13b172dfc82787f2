import type { Buffer } from 'node:buffer';
import type { ExactType, Forms } from './forms.ts';
import { POINT } from './number-text.ts';
import { formsOf, type ValueKind } from './text-types.ts';

/** What a column turned out to be. */
export interface Guess extends ExactType {
  readonly kind: ValueKind | 'mixed';
  /** What is said of the column, behind its name. */
  readonly note: string | null;
}

/** The values of one kind, and the families of types that all of them belong to. */
class KindGuess {
  #forms: Forms[];
  values = 0;
  /** Empty texts, which only a text can be: what the others would be is told. */
  empty = 0;
  /** The value that ended the last family, how many of it came before, and what they were. */
  #broken: { example: string; before: number; type: string } | null = null;

  constructor(kind: ValueKind, point: number) {
    this.#forms = formsOf(kind, point);
  }

  add(block: Buffer, start: number, end: number): void {
    if (start === end) {
      this.empty++;
      return;
    }
    if (this.#forms.length > 0) this.#try(block, start, end);
    this.values++;
  }

  #try(block: Buffer, start: number, end: number): void {
    const forms = this.#forms.filter((form) => form.add(block, start, end));
    if (forms.length === this.#forms.length) return;
    const type = forms.length === 0 ? this.#forms[0]?.exact()?.type : undefined;
    if (type && this.values > 0) this.#broken = { example: block.toString('utf8', start, Math.min(end, start + SHOWN)), before: this.values, type };
    this.#forms = forms;
  }

  exact(): ExactType | null {
    return this.#forms[0]?.exact() ?? null;
  }

  note(as: string): string | null {
    const inexact = this.#forms[0]?.inexact();
    if (inexact) {
      const { example, called, advice } = inexact;
      return `is kept as ${as}: its ${called} are not all written in one way, "${example}" would not come back as it is. ${advice}`;
    }
    const broken = this.#broken;
    if (!broken) return null;
    const before = broken.before === 1 ? 'the value before it would be one' : `the ${number.format(broken.before)} values before it would be`;
    return `is kept as ${as}: "${broken.example}" is not of type ${broken.type}, ${before}.`;
  }
}

const SHOWN = 40;
const number = new Intl.NumberFormat('en-US');

/** What is left when no type gives every value back. */
const FALLBACK: Readonly<Record<ValueKind, 'VARCHAR' | 'JSON'>> = {
  text: 'VARCHAR',
  string: 'VARCHAR',
  number: 'JSON',
  boolean: 'JSON',
  json: 'JSON',
};
const CALLED = { VARCHAR: 'text', JSON: 'JSON text' };

function emptyNote(kind: ValueKind, { empty, values }: KindGuess, { type }: ExactType): string {
  const are = empty === 1 ? 'one of its values is an empty text' : `${number.format(empty)} of its values are empty texts`;
  const others = values === 1 ? 'the other one' : `the ${number.format(values)} others`;
  const advice = kind === 'text' ? " With the null word '' an empty value in quotes is NULL." : '';
  return `is kept as text: ${are}, ${others} would be ${type}.${advice}`;
}

/** Collects the values of a column to tell its type: one that gives every value back as it is written, or else text. */
export class TypeGuess {
  readonly #kinds = new Map<ValueKind, KindGuess>();
  readonly #point: number;

  constructor(point = POINT) {
    this.#point = point;
  }

  add(kind: ValueKind, block: Buffer, start: number, end: number): void {
    let guess = this.#kinds.get(kind);
    if (!guess) {
      guess = new KindGuess(kind, this.#point);
      this.#kinds.set(kind, guess);
    }
    guess.add(block, start, end);
  }

  /** Null when there were no values at all. */
  decide(): Guess | null {
    const [main, ...others] = this.#kinds;
    if (!main) return null;
    if (others.length > 0) return { type: 'JSON', type_args: {}, kind: 'mixed', note: 'has values of several kinds and is kept as JSON text.' };
    const [kind, guess] = main;
    const exact = guess.exact();
    if (exact && guess.empty === 0) return { ...exact, kind, note: null };
    if (exact) return { type: 'VARCHAR', type_args: {}, kind, note: emptyNote(kind, guess, exact) };
    const type = FALLBACK[kind];
    return { type, type_args: {}, kind, note: kind === 'json' ? null : guess.note(CALLED[type]) };
  }
}

import type { Buffer } from 'node:buffer';
import { type Check, type ExactType, type Forms, giveType } from './forms.ts';

/** How the booleans of a column are written: all in one way, or `true` and `TRUE` would become one. */
const WRITTEN = ['true', 'True', 'TRUE'] as const;
const FALSE = { true: 'false', True: 'False', TRUE: 'FALSE' };

function writtenAs(block: Buffer, start: number, end: number): (typeof WRITTEN)[number] | undefined {
  if (end - start < 4 || end - start > 5) return undefined;
  const text = block.toString('latin1', start, end);
  return WRITTEN.find((word) => text === word || text === FALSE[word]);
}

export class BooleanForms implements Forms {
  #written: string | undefined;
  #example: string | null = null;

  add(block: Buffer, start: number, end: number): boolean {
    const written = writtenAs(block, start, end);
    this.#written ??= written;
    if (written && written !== this.#written) this.#example ??= block.toString('latin1', start, end);
    return written !== undefined;
  }

  exact(): ExactType | null {
    return this.#written && this.#example === null ? { type: 'BOOLEAN', type_args: { written: this.#written } } : null;
  }

  inexact(): ReturnType<Forms['inexact']> {
    return this.#example === null ? null : { example: this.#example, called: 'booleans', advice: giveType('BOOLEAN') };
  }
}

/** Booleans of a planned column. */
export const isBoolean =
  (written: string): Check =>
  (block, start, end) =>
    writtenAs(block, start, end) === written;

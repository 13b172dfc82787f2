import type { Buffer } from 'node:buffer';
import { CANDIDATES, JSON_TEXT, type TextType, VARCHAR, type ValueKind } from './text-types.ts';

/** After so many misfits, and one in fifty, a type is given up and no longer tried on every value. */
const HOPELESS = 1000;

interface Tally {
  readonly type: TextType;
  misfits: number;
  out: boolean;
}

/** The values of one kind, and how well each type would keep them. */
class KindTally {
  readonly tallies: Tally[];
  values = 0;

  constructor(kind: ValueKind) {
    this.tallies = CANDIDATES[kind].map((type) => ({ type, misfits: 0, out: false }));
  }

  add(block: Buffer, start: number, end: number): void {
    this.values++;
    for (const tally of this.tallies) {
      if (tally.out) continue;
      if (tally.type.never?.(block, start, end)) tally.out = true;
      else if (!tally.type.keeps(block, start, end)) {
        tally.misfits++;
        tally.out = tally.misfits > HOPELESS && tally.misfits > this.values / 50;
      }
    }
  }

  /** The type with the fewest misfits, the narrowest of equals. */
  best(): Tally | undefined {
    return this.tallies.filter(({ out }) => !out).sort((a, b) => a.misfits - b.misfits)[0];
  }
}

/** What a column turned out to be. */
export interface Guess {
  readonly type: TextType;
  readonly kind: ValueKind | 'mixed';
  readonly note: string | null;
}

const FALLBACK: Readonly<Record<ValueKind, TextType>> = { text: VARCHAR, string: VARCHAR, number: JSON_TEXT, boolean: JSON_TEXT, json: JSON_TEXT };

/** Collects the values of a column to tell its type. When in doubt it stays text, which keeps everything. */
export class TypeGuess {
  readonly #kinds = new Map<ValueKind, KindTally>();

  add(kind: ValueKind, block: Buffer, start: number, end: number): void {
    let tally = this.#kinds.get(kind);
    if (!tally) {
      tally = new KindTally(kind);
      this.#kinds.set(kind, tally);
    }
    tally.add(block, start, end);
  }

  /** `badShare`: values that may be bad rows instead of a reason for another type. Null when there were no values at all. */
  decide(badShare: number): Guess | null {
    const [main, ...others] = [...this.#kinds].sort(([, a], [, b]) => b.values - a.values);
    if (!main) return null;
    const [kind, tally] = main;
    const ofOtherKinds = others.reduce((sum, [, { values }]) => sum + values, 0);
    const tolerated = Math.floor((tally.values + ofOtherKinds) * badShare);
    if (ofOtherKinds > tolerated) return { type: JSON_TEXT, kind: 'mixed', note: 'has values of several kinds and is kept as JSON text' };
    const best = tally.best();
    if (best && best.misfits + ofOtherKinds <= tolerated) return { type: best.type, kind, note: null };
    const note = kind === 'number' ? 'has numbers with more digits than a DOUBLE keeps and is kept as JSON text' : null;
    return { type: FALLBACK[kind], kind, note };
  }
}

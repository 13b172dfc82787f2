import type { Browser } from 'playwright-core';
import type { Figure } from '../support/figures.ts';
import type { Stack } from '../support/stack.ts';

/** What a part of the bench works on. */
export interface Ground {
  readonly stack: Stack;
  readonly browser: Browser;
  /** Address of a page. */
  readonly page: (path: string) => string;
}

export type Part = (ground: Ground) => Promise<Figure[]>;

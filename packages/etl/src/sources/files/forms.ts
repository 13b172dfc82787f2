import type { Buffer } from 'node:buffer';
import type { JsonObject } from '@sluice/core/lib/json';

/** Whether the value in these bytes of a block has some property. */
export type Check = (block: Buffer, start: number, end: number) => boolean;

/** A type of DuckDB, and how the values of a column are written, so that it gives each of them back. */
export interface ExactType {
  readonly type: string;
  readonly type_args: JsonObject;
}

/** Advice to give a type. */
export const giveType = (type: string): string => `The type ${type} loads them all the same.`;

/** What the values of a column have in common, as far as one family of types goes. */
export interface Forms {
  /** Takes another value. False: it is of another family, and so is the column. */
  add(block: Buffer, start: number, end: number): boolean;
  /** The type that gives back every value as it is written: no two texts of the column become one value. Null when there is none. */
  exact(): ExactType | null;
  /** A value for which there is none, what the values are called, and what a person may say to load them as that. */
  inexact(): { readonly example: string; readonly called: string; readonly advice: string } | null;
}

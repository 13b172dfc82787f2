/**
 * How a column is summed, whatever engine does it: the sums that each shape has. Equal sums mean equal content, as far as sums can
 * tell. What makes them is each engine's own, `sources/postgres/types/shapes.ts` and `duckdb/shapes.ts`; what a type feeds into its
 * shape is in the rules of each.
 */
interface SumsOf {
  /** Of whole numbers and decimals. */
  readonly number: 'sum';
  /** Bytes of all values, and their bounds by bytes. */
  readonly text: 'bytes' | 'min' | 'max';
  /** The same of `char(n)`: the bounds are without the padding. */
  readonly padded: 'bytes' | 'min' | 'max';
  /** For texts that are dear to make: each is made once. Sees any change, which length and bounds do not. */
  readonly digest: 'md5';
  readonly blob: 'bytes' | 'md5';
  /** The first 4 and the last 6 of the 16 bytes: those that differ, whatever the version of the UUID. */
  readonly uuid: 'head' | 'tail';
}

export type ShapeName = keyof SumsOf;

/** SQL of each sum of a shape, by its name. */
type ShapeSums<S extends ShapeName> = Readonly<Record<SumsOf[S], string>>;

/** An engine's half of all shapes; `More`: what its SQL depends on beside the value. */
export type EngineShapes<More extends readonly unknown[] = []> = { readonly [S in ShapeName]: (value: string, ...more: More) => ShapeSums<S> };

/** Characters of a bound that are compared. */
export const BOUND = 64;

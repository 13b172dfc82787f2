/*
 * What stands in an address after the `?` is typed by people too. A page reads it by these: what means nothing is left out, and named.
 */

type Raw = Readonly<Record<string, unknown>>;

export const oneOf =
  <const T extends string>(choices: readonly T[]) =>
  (value: unknown): T | undefined =>
    choices.find((choice) => choice === value);

export const text = (value: unknown): string | undefined => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined);

export const flag = (value: unknown): boolean | undefined => (value === true || value === 'true' ? true : undefined);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const id = (value: unknown): string | undefined => (typeof value === 'string' && UUID.test(value) ? value : undefined);

export const instant = (value: unknown): string | undefined => (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined);

type Readers = { readonly [name: string]: (value: unknown) => unknown };

/** The search of a page: what its readers make of it, and in `faults` each part that means nothing, as it stands in the address. */
export type SearchOf<R extends Readers> = { [N in keyof R]?: NonNullable<ReturnType<R[N]>> } & { faults?: string[] };

export const searchOf =
  <const R extends Readers>(readers: R) =>
  (raw: Raw): SearchOf<R> => {
    const found: Record<string, unknown> = {};
    const faults: string[] = [];
    for (const [name, value] of Object.entries(raw)) {
      if (value === undefined || value === '') continue;
      const read = readers[name]?.(value);
      if (read === undefined) faults.push(`${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
      else found[name] = read;
    }
    return { ...found, ...(faults.length > 0 && { faults }) } as SearchOf<R>;
  };

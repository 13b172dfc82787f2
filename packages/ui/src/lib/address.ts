import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';

/*
 * A page asks here for what its address says, by a reader of its own. The router's types would go in a circle, from the row of the
 * page to the page and back; and what its reader leaves out would still be there.
 */

type Raw = Readonly<Record<string, unknown>>;

/** What stands after the `?`, as the page's reader reads it. */
export function useAddress<S extends object>(reader: (raw: Raw) => S): S {
  const raw = useSearch({ strict: false } as never) as Raw;
  return useMemo(() => reader(raw), [reader, raw]);
}

/** A part of the path, such as the id of the record that the page shows. */
export function usePart(name = 'id'): string {
  const parts: Readonly<Record<string, string | undefined>> = useParams({ strict: false });
  return parts[name] ?? '';
}

/** Changes parts of what stands after the `?`; undefined takes one away. Back goes to the page before, not to the filter before. */
export function useChangeAddress<S extends object>(): (change: { readonly [N in keyof S]?: S[N] | undefined }) => void {
  const navigate = useNavigate();
  return (change) => void navigate({ to: '.', search: ((before: object) => ({ ...before, ...change })) as never, replace: true });
}

import { Note } from './base/notice.tsx';

/** Parts of the address that mean nothing are named, and left out. */
export function SearchFaults({ faults }: { readonly faults: readonly string[] | undefined }) {
  if (!faults?.length) return null;
  return <Note>This page does not know what {faults.map((fault) => `“${fault}”`).join(', ')} in the address means, so it is left out.</Note>;
}

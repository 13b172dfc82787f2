import { question } from './query.ts';

/** What a paused run has written for the person who is to answer it. */
const input = (id: string, key: string) =>
  question(['flow_run'], 'POST /flow_runs/{id}/input/filter', { params: { id }, body: { prefix: key, limit: 1 } });

/** A run writes it just after it has paused, and nothing tells of that. */
const SOON_MS = 1000;

export const runInputs = {
  text: (id: string, key: string | undefined) => ({ ...input(id, key ?? '-'), enabled: key !== undefined, select: textOf }),
  /** The same, asked for until it is there. */
  awaited: (id: string, key: string) => ({
    ...runInputs.text(id, key),
    refetchInterval: ({ state }: { readonly state: { readonly data?: readonly unknown[] | undefined } }) => !state.data?.length && SOON_MS,
  }),
};

const textOf = (found: readonly { readonly value: string }[]): string | null => found[0]?.value ?? null;

import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ask } from './client.ts';
import { live } from './live.ts';

/** Lists of the contract that are read by limit and offset, and the topics that may change them. */
const TOPICS = {
  'POST /block_documents/filter': ['block_document'],
  'POST /automations/filter': ['automation'],
  'POST /variables/filter': ['variable'],
  'POST /artifacts/filter': ['artifact'],
  'POST /artifacts/latest/filter': ['artifact'],
} as const;
type ListKey = keyof typeof TOPICS;
type Body<I> = I extends { readonly body?: infer B } ? NonNullable<B> : never;
type Asked<K extends ListKey> = Omit<Body<RouteInput<K>>, 'limit' | 'offset'>;
type Row<K extends ListKey> = RouteOutput<K>[number];

const PAGE = 100;
/** All pages that a person has gone through are asked for again. */
const GAP_MS = 1000;

/** A list that goes on from where it ended, as far as a person has gone; asked again when one of its records is told of. */
export function useListPages<K extends ListKey>(key: K, asked: Asked<K>) {
  const answer = useInfiniteQuery({
    queryKey: [key, 'pages', { body: asked }],
    queryFn: async ({ pageParam: offset, signal }) => {
      await live.opened();
      return (await ask(key, { body: { ...asked, limit: PAGE, offset } } as never, signal)) as readonly Row<K>[];
    },
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.length < PAGE ? null : pages.length * PAGE),
    placeholderData: keepPreviousData,
    meta: { topics: TOPICS[key], gap: GAP_MS },
  });
  const pages = answer.data?.pages;
  const rows = useMemo((): readonly Row<K>[] | undefined => pages?.flat(), [pages]);
  return {
    answer: { data: rows, error: answer.error },
    more: answer.hasNextPage,
    isAsking: answer.isFetchingNextPage,
    goOn: () => void answer.fetchNextPage(),
  };
}

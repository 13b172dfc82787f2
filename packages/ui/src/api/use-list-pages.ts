import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ask } from './client.ts';
import { live } from './live.ts';
import { WATCHED } from './query.ts';

/** Lists of the contract that are read by limit and offset. */
type ListKey =
  | 'POST /block_documents/filter'
  | 'POST /automations/filter'
  | 'POST /variables/filter'
  | 'POST /artifacts/filter'
  | 'POST /artifacts/latest/filter';
type Body<I> = I extends { readonly body?: infer B } ? NonNullable<B> : never;
type Asked<K extends ListKey> = Omit<Body<RouteInput<K>>, 'limit' | 'offset'>;
type Row<K extends ListKey> = RouteOutput<K>[number];

const PAGE = 100;

/** A list of which nothing on the stream tells: it goes on from where it ended, as far as a person has gone, and is watched. */
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
    ...WATCHED,
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

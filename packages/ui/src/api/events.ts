import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ask } from './client.ts';
import { live } from './live.ts';

type Page = RouteOutput<'POST /events/filter'>;
export type Event = Page['events'][number];
type Filter = NonNullable<NonNullable<RouteInput<'POST /events/filter'>['body']>['filter']>;

/** A busy server tells of thousands a second; a person reads one page of them. */
const GAP_MS = 1000;

/** Events of a filter, the newest first, as far back as a person has gone; asked again as they come. */
export function useEventPages(filter: Filter) {
  const answer = useInfiniteQuery({
    queryKey: ['POST /events/filter', 'pages', { filter }],
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      await live.opened();
      if (pageParam === null) return ask('POST /events/filter', { body: { filter } }, signal);
      return ask('GET /events/filter/next', { query: { 'page-token': pageParam } }, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_page }) =>
      next_page === null ? null : (new URL(next_page, location.href).searchParams.get('page-token') ?? next_page),
    placeholderData: keepPreviousData,
    // Where the stream tells only of what clients say, states of runs come as their own topics.
    meta: { topics: ['event', 'flow_run', 'task_run'], gap: GAP_MS },
  });
  const pages = answer.data?.pages;
  const events = useMemo((): Event[] | undefined => pages?.flatMap(({ events }) => events), [pages]);
  return {
    answer: { data: events, error: answer.error as Error | null },
    more: answer.hasNextPage,
    isAsking: answer.isFetchingNextPage,
    goOn: () => void answer.fetchNextPage(),
  };
}

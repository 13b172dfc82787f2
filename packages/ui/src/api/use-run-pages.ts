import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ask } from './client.ts';
import type { FlowRun } from './flow-runs.ts';
import { live } from './live.ts';

type Asked = NonNullable<RouteInput<'POST /flow_runs/page'>['body']>;
type Page = RouteOutput<'POST /flow_runs/page'>;

const PAGE = 100;

/** A list of runs that goes on from where it ended, as far as a person has gone. */
export function useRunPages(asked: Asked) {
  const answer = useInfiniteQuery({
    queryKey: ['POST /flow_runs/page', { body: asked }],
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      await live.opened();
      return ask('POST /flow_runs/page', { body: { ...asked, limit: PAGE, after: pageParam } }, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    meta: { topics: ['flow_run'] },
  });
  const pages = answer.data?.pages;
  const runs = useMemo((): FlowRun[] | undefined => pages?.flatMap(({ records }) => records), [pages]);
  return {
    answer: { data: runs, error: answer.error },
    more: answer.hasNextPage,
    isAsking: answer.isFetchingNextPage,
    goOn: () => void answer.fetchNextPage(),
  };
}

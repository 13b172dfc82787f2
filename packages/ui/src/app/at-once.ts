import type { FetchQueryOptions } from '@tanstack/react-query';
import { type LiveWish, live } from '../api/live.ts';
import { queryClient } from '../api/query.ts';
import type { router } from './router.tsx';

/** What a page is known to need from its address alone. */
export interface AtOnce {
  /** What it wants of the stream beside what all pages want. */
  readonly follows?: LiveWish;
  readonly asks: readonly Pick<FetchQueryOptions, 'queryKey' | 'queryFn' | 'meta'>[];
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** By the parts of the path, and what stands after the `?`. */
    readonly atOnce?: (parts: Readonly<Record<string, string>>, raw: Readonly<Record<string, unknown>>) => AtOnce;
  }
}

/** Asks for what a page shows while its code is on its way, and follows what it shows from the first stream on. */
export function askAtOnce(pages: typeof router): void {
  pages.subscribe('onBeforeLoad', ({ toLocation: { pathname, search }, pathChanged }) => {
    if (!pathChanged) return;
    const [, parts, found] = pages.getMatchedRoutes(pathname);
    const { follows = {}, asks = [] } = found?.options.staticData?.atOnce?.(parts, search) ?? {};
    live.wish(follows);
    // The stream of this wish starts first, so that the questions wait for it and not for the one before.
    queueMicrotask(() => {
      for (const question of asks) void queryClient.prefetchQuery(question);
    });
  });
}

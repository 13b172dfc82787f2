import type { RouteInput, RouteKey, RouteOutput } from '@sluice/core/api/routes';
import type { Told, TopicName } from '@sluice/core/events/topics';
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { ask } from './client.ts';
import { live } from './live.ts';

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: {
      /** Topics of the stream that may change the answer. */
      readonly topics?: readonly TopicName[];
      /** Which of what is told there; all when it is left out. */
      readonly isAbout?: ((told: Told) => boolean) | undefined;
      /** At least so many milliseconds between two askings: for what many rows of a page ask, and nobody needs at once. */
      readonly gap?: number;
    };
  }
}

/** Answers stay good until the stream says otherwise. */
export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, gcTime: 300_000, retry: false, refetchOnWindowFocus: false } },
});

/**
 * A question to the server: a row of the contract and what goes in. It is asked again when one of `topics` is told of. It waits until
 * the stream is open, so that nothing can happen between the answer and the first event.
 */
export const question = <K extends RouteKey>(topics: readonly TopicName[], key: K, input?: RouteInput<K>, isAbout?: (told: Told) => boolean) =>
  queryOptions<RouteOutput<K>>({
    queryKey: [key, input ?? null],
    queryFn: async ({ signal }) => {
      await live.opened();
      return ask(key, input, signal);
    },
    meta: { topics, isAbout },
  });

/** For what nothing on the stream tells of: asked each time that it is opened. */
export const UNTOLD = { staleTime: 0 } as const;

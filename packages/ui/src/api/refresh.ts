import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { Told, TopicName } from '@sluice/core/events/topics';
import type { Query } from '@tanstack/react-query';
import { live } from './live.ts';
import { patchFlowRun } from './patch.ts';
import { queryClient } from './query.ts';

/** Between two askings of one question: the longer an answer took, the longer. */
const GAP_MS = 250;
const GAP_PER_MS = 4;
/** A question whose answer takes long is not given up for that. */
const LONGEST_GAP_MS = 30_000;
/** Without a stream. */
const POLL_MS = 4000;

/** When each question was asked last, and how long its answer took. */
const asked = new WeakMap<Query, { at: number; took: number }>();
const due = new WeakMap<Query, ReturnType<typeof setTimeout>>();

/** Asks at once when it was not asked for a while; what comes meanwhile is asked together, afterwards. */
function refresh(query: Query): void {
  if (due.has(query)) return;
  const { at, took } = asked.get(query) ?? { at: 0, took: 0 };
  const wait = Math.max(0, at + Math.max(query.meta?.gap ?? GAP_MS, took * GAP_PER_MS) - performance.now());
  due.set(
    query,
    setTimeout(
      async () => {
        if (query.state.fetchStatus === 'fetching') await query.promise?.catch(() => {});
        due.delete(query);
        // It has left the page, or nobody looks: all is asked again when somebody does.
        if (!query.isActive() || document.hidden) return query.invalidate();
        const start = performance.now();
        asked.set(query, { at: start, took: 0 });
        await queryClient.refetchQueries({ predicate: (each) => each === query }, { throwOnError: false });
        asked.set(query, { at: performance.now(), took: performance.now() - start });
      },
      Math.min(wait, LONGEST_GAP_MS),
    ),
  );
}

/** Questions that are on the page are asked again; the others when they are on it. */
function refreshAll(isMeant: (topics: readonly TopicName[], query: Query) => boolean): void {
  for (const query of queryClient.getQueryCache().getAll()) {
    if (!isMeant(query.meta?.topics ?? [], query)) continue;
    if (query.isActive()) refresh(query);
    else query.invalidate();
  }
}

let acts = 0;

/** Resolves when what is on the page has its new answers: components hear of them a turn after they came. */
async function askAgain(): Promise<void> {
  await queryClient.refetchQueries({ type: 'active' });
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Does what a person has asked for. Whatever is on the page may be another then, and after a refusal older than what the server knows.
 * Who is refused because somebody else was first is told when the page knows what stands there now: the next try is made with that.
 */
export async function withRefresh<T>(work: () => Promise<T>): Promise<T> {
  acts++;
  try {
    return await work();
  } catch (error) {
    if (isSluiceError(error) && error.code === 'CONFLICT') await askAgain();
    throw error;
  } finally {
    acts--;
    refreshAll(() => true);
  }
}

/** What is deleted may be what a person deletes on its page, which is left when that is done: it is not asked for once more before. */
const isOurs = (told: Told): boolean => acts > 0 && 'data' in told && 'deleted' in told.data;

/** After `ready` what was asked before may be old; what waited for it is asked now. */
function hear(told: Told): void {
  if (told.topic === 'ready') refreshAll((_, { state }) => state.dataUpdatedAt > 0 || state.status === 'error' || live.wasLate);
  else if (told.topic === 'reset') refreshAll((topics) => topics.some((topic) => told.data.topics.includes(topic)));
  else {
    if (told.topic === 'flow_run') patchFlowRun(told.data);
    if (isOurs(told)) return;
    refreshAll((topics, { meta }) => topics.includes(told.topic) && (meta?.isAbout?.(told) ?? true));
  }
}

/** Keeps all answers in step with the server. */
export function startRefreshing(): void {
  live.listen(hear);
  setInterval(() => {
    if (live.status === 'polling' && !document.hidden) refreshAll(() => true);
  }, POLL_MS);
}

import { pause } from '@sluice/client';
import { type ClusterApi, sentenceOf } from './cluster-api.ts';
import type { KubernetesObject } from './objects.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

interface Options<T> {
  readonly cluster: ClusterApi;
  /** A list, such as /api/v1/namespaces/etl/pods. */
  readonly path: string;
  readonly labelSelector: string;
  /** An object as it is now; `isGone`: it was there, and is no more. */
  readonly onChange: (object: T, isGone: boolean) => void;
  /** The list cannot be read, told once; null: it can again. */
  readonly onTrouble: (message: string | null) => void;
}

/**
 * Tells of the objects of a list as they change. After each break of the watch, whatever ended it (a dropped connection, a resource
 * version that is too old, silence), the list is read anew: so nothing is missed, and what is gone from it is told as gone.
 */
export class Watched<T extends KubernetesObject> {
  readonly #options: Options<T>;
  readonly #known = new Map<string, T>();
  readonly #stop = new AbortController();

  constructor(options: Options<T>) {
    this.#options = options;
    void this.#follow();
  }

  close(): void {
    this.#stop.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    let pauseMs = FIRST_PAUSE_MS;
    let isTroubled = false;
    while (!signal.aborted) {
      try {
        const version = await this.#list();
        if (isTroubled) this.#options.onTrouble(null);
        isTroubled = false;
        pauseMs = FIRST_PAUSE_MS;
        await this.#watch(version);
      } catch (error) {
        if (signal.aborted) return;
        if (!isTroubled && !isSilence(error)) this.#options.onTrouble(sentenceOf(error));
        isTroubled ||= !isSilence(error);
      }
      // A watch that ends at once, again and again, must not keep the API server busy.
      await pause(pauseMs, signal).catch(() => {});
      if (isTroubled) pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  async #list(): Promise<string> {
    const { cluster, path, labelSelector } = this.#options;
    const list = await cluster.request<{ metadata: { resourceVersion: string }; items: T[] }>('GET', path, { query: { labelSelector } });
    const there = new Set(list.items.map(({ metadata }) => metadata.uid));
    for (const [uid, object] of this.#known) if (!there.has(uid)) this.#change(object, true);
    for (const object of list.items) this.#change(object, false);
    return list.metadata.resourceVersion;
  }

  async #watch(resourceVersion: string): Promise<void> {
    const { cluster, path, labelSelector } = this.#options;
    const ended = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, ended.signal]);
    await cluster.watch(
      path,
      { labelSelector, resourceVersion },
      ({ type, object }) => {
        if (type === 'ERROR') ended.abort();
        else if (type !== 'BOOKMARK') this.#change(object as T, type === 'DELETED');
      },
      signal,
    );
  }

  #change(object: T, isGone: boolean): void {
    if (this.#stop.signal.aborted) return;
    if (isGone) this.#known.delete(object.metadata.uid);
    else this.#known.set(object.metadata.uid, object);
    this.#options.onChange(object, isGone);
  }
}

/** The client ends a watch in which nothing happens, since its connection may be dead. */
const isSilence = (error: unknown) => error instanceof Error && error.name === 'TimeoutError';

import type { RouteKey } from '@sluice/core/api/routes';
import { isObject } from '@sluice/core/lib/json';

/** Routes whose body says how long they wait; the server's own default, where it does not. */
const WAITING: Partial<Record<RouteKey, number>> = { 'POST /flow_runs/wait': 30, 'POST /work_pools/{name}/claim': 30 };
const PREFER_WAIT = /\bwait=(\d+)/;

/** Of the time after which a proxy gave up: the answer has to travel, too. */
const SHARE = 0.8;
const SHORTEST_SECONDS = 1;

/** How long a request may wait for its answer: a proxy on the way can give up sooner than the server answers. */
export class WaitLimit {
  #seconds = Number.POSITIVE_INFINITY;

  /** A proxy gave up after so long. One that gave up at once has another trouble. */
  learn(ms: number): void {
    if (ms >= SHORTEST_SECONDS * 1000) this.#seconds = Math.max(SHORTEST_SECONDS, Math.min(this.#seconds, Math.floor((ms / 1000) * SHARE)));
  }

  body(key: RouteKey, body: unknown): unknown {
    const usual = WAITING[key];
    if (usual === undefined || this.#seconds === Number.POSITIVE_INFINITY || !isObject(body)) return body;
    const { wait_seconds = usual } = body as { wait_seconds?: number };
    return { ...body, wait_seconds: Math.min(wait_seconds, this.#seconds) };
  }

  headers(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const wait = Number(PREFER_WAIT.exec(headers['prefer'] ?? '')?.[1] ?? 0);
    return wait > this.#seconds ? { ...headers, prefer: `wait=${this.#seconds}` } : headers;
  }
}

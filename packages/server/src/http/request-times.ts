import type { ServerStatus } from '@sluice/core/model/server-status';
import { RecentFigures } from '../lib/recent-figures.ts';

/** How long answers took, by route. There are as many routes as the contract has rows, so what it holds has an end. */
export class RequestTimes {
  readonly #routes = new Map<string, RecentFigures>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  note(route: string, ms: number): void {
    const figures = this.#routes.get(route) ?? new RecentFigures();
    this.#routes.set(route, figures);
    figures.note(ms, this.#clock());
  }

  /** The slowest first. */
  read(): ServerStatus['requests'] {
    const read = [...this.#routes].flatMap(([route, figures]) => {
      const ms = figures.read(this.#clock());
      return ms ? { route, ms } : [];
    });
    return read.sort((a, b) => b.ms.p95 - a.ms.p95);
  }
}

import type { Client } from '@sluice/client';
import { toMicros } from '@sluice/core/lib/time';
import type { Log } from '@sluice/core/model/log';
import type { State } from '@sluice/core/model/state';
import { LogReader } from './log-reader.ts';

export type RunNews =
  | { readonly kind: 'state'; readonly timestamp: string; readonly state: Pick<State, 'id' | 'timestamp' | 'type' | 'name' | 'message'> }
  | { readonly kind: 'log'; readonly timestamp: string; readonly log: Log };

export const stateNews = (state: (RunNews & { kind: 'state' })['state']): RunNews => ({ kind: 'state', timestamp: state.timestamp, state });
export const logNews = (log: Log): RunNews => ({ kind: 'log', timestamp: log.timestamp, log });

/** States and log lines of a flow run, each told once. */
export class RunReader {
  readonly #client: Client;
  readonly #id: string;
  readonly #logs: LogReader;
  readonly #states = new Set<string>();

  /** Begins with all states and so many of the newest lines; undefined: with all lines. */
  constructor(client: Client, id: string, lines: number | undefined) {
    this.#client = client;
    this.#id = id;
    this.#logs = new LogReader(client, id, lines);
  }

  /** What is there and was not told, in the order of time. States are read before lines, so that what is final is complete. */
  async read(signal: AbortSignal): Promise<RunNews[]> {
    const states = await this.#client.request('GET /flow_run_states/', { query: { flow_run_id: this.#id } }, { signal });
    const lines = await this.#logs.read(signal);
    return [...states.map(stateNews), ...lines.map(logNews)].filter((news) => this.take(news)).sort(byTime);
  }

  /** False for what was told. */
  take(news: RunNews): boolean {
    if (news.kind === 'log') return this.#logs.take(news.log);
    if (this.#states.has(news.state.id)) return false;
    this.#states.add(news.state.id);
    return true;
  }
}

const byTime = (a: RunNews, b: RunNews) => toMicros(a.timestamp) - toMicros(b.timestamp);

import { setTimeout as pause } from 'node:timers/promises';
import { type Client, pageAll } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { toInstant, toMicros } from '@sluice/core/lib/time';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { Log } from '@sluice/core/model/log';
import type { State } from '@sluice/core/model/state';
import { isFinal } from '@sluice/core/model/state-type';

export type RunNews =
  | { readonly kind: 'state'; readonly timestamp: string; readonly state: State }
  | { readonly kind: 'log'; readonly timestamp: string; readonly log: Log };

/** State changes are told at once; log lines, which the server does not push, are asked for this often. */
const LOG_SECONDS = 1;
const FIRST_LOGS = 200;
/** Lines may arrive out of order: so far back they are read again. */
const OVERLAP_MICROS = 5_000_000;

/** States and log lines of a flow run as they come, beginning with all states so far and the newest lines. Answers with the run at its end. */
export async function* watchFlowRun(client: Client, id: string, signal: AbortSignal): AsyncGenerator<RunNews, FlowRun> {
  const seen = new Set<string>();
  const logs = new LogReader(client, id);
  for (let run: FlowRun | undefined; ; ) {
    const next: FlowRun | undefined = await waitForChange(client, id, run, signal);
    // A run without news has no new states; its states are read before its lines, so that what is final is complete.
    const states = next ? await client.request('GET /flow_run_states/', { query: { flow_run_id: id } }, { signal }) : [];
    const fresh: RunNews[] = [
      ...states.filter((state) => !seen.has(state.id)).map((state) => ({ kind: 'state' as const, timestamp: state.timestamp, state })),
      ...(await logs.read(signal)).map((log) => ({ kind: 'log' as const, timestamp: log.timestamp, log })),
    ];
    for (const state of states) seen.add(state.id);
    yield* fresh.sort((a, b) => toMicros(a.timestamp) - toMicros(b.timestamp));
    run = next ?? run;
    if (run && isFinal(run.state_type)) return run;
  }
}

/** The run when its state is another one, or undefined after a moment without change. */
async function waitForChange(client: Client, id: string, known: FlowRun | undefined, signal: AbortSignal): Promise<FlowRun | undefined> {
  const since = known?.state_id ? { [id]: known.state_id } : {};
  try {
    const { flow_runs, missing } = await client.request(
      'POST /flow_runs/wait',
      { body: { ids: [id], since, wait_seconds: LOG_SECONDS } },
      { signal },
    );
    return missing.length > 0 ? await client.request('GET /flow_runs/{id}', { params: { id } }, { signal }) : flow_runs[0];
  } catch (error) {
    if (!isSluiceError(error) || !NO_SUCH_ROUTE.includes(error.code)) throw error;
    if (known) await pause(LOG_SECONDS * 1000, undefined, { signal });
    const run = await client.request('GET /flow_runs/{id}', { params: { id } }, { signal });
    return run.state_id === known?.state_id ? undefined : run;
  }
}

/** How a Prefect server, which has no `/flow_runs/wait`, answers. */
const NO_SUCH_ROUTE: readonly string[] = ['NOT_FOUND', 'ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED'];

class LogReader {
  readonly #client: Client;
  readonly #id: string;
  readonly #seen = new Set<string>();
  #last: string | undefined;

  constructor(client: Client, id: string) {
    this.#client = client;
    this.#id = id;
  }

  /** Lines that were not there before. */
  async read(signal: AbortSignal): Promise<Log[]> {
    const fresh = (await (this.#last === undefined ? this.#newest(signal) : this.#after(this.#last, signal))).filter(({ id }) => !this.#seen.has(id));
    for (const { id, timestamp } of fresh) {
      this.#seen.add(id);
      if (this.#last === undefined || toMicros(timestamp) > toMicros(this.#last)) this.#last = timestamp;
    }
    return fresh;
  }

  async #newest(signal: AbortSignal): Promise<Log[]> {
    const logs = { flow_run_id: { any_: [this.#id] } };
    const lines = await this.#client.request('POST /logs/filter', { body: { logs, sort: 'TIMESTAMP_DESC', limit: FIRST_LOGS } }, { signal });
    return lines.reverse();
  }

  #after(last: string, signal: AbortSignal): Promise<Log[]> {
    const logs = { flow_run_id: { any_: [this.#id] }, timestamp: { after_: toInstant(toMicros(last) - OVERLAP_MICROS) } };
    return pageAll((page) => this.#client.request('POST /logs/filter', { body: { logs, sort: 'TIMESTAMP_ASC', ...page } }, { signal }));
  }
}

import type { Client } from '@sluice/client';
import { EXIT } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { StateCreate } from '@sluice/core/model/state';
import type { StateType } from '@sluice/core/model/state-type';
import { type AskedRuns, FLOW_RUN_FILTER, isFiltered, toFlowRunFilter } from '../find/flow-run-filter.ts';
import { type Format, flag } from '../program/options.ts';
import { confirm } from '../render/confirm.ts';
import { counted } from '../render/counted.ts';
import { say, tell } from '../render/message.ts';
import { isJson, printList } from '../render/print.ts';
import { yes } from './delete-records.ts';

/** Options of commands that act on all flow runs of a filter. */
export const BY_FILTER = { ...FLOW_RUN_FILTER, dryRun: flag('--dry-run', 'Only say how many they are'), yes };

type Options = AskedRuns & { readonly dryRun: boolean; readonly yes: boolean; readonly output: Format | undefined };
type Filter = Awaited<ReturnType<typeof toFlowRunFilter>>;

/** What a part of the runs came to. */
interface Part {
  readonly results: readonly { readonly flow_run_id: string }[];
  /** Why some stay as they are, a sentence for each. */
  readonly refused: readonly string[];
  readonly next: string | null;
}

export interface BulkAct {
  /** `Cancel`. */
  readonly verb: string;
  /** What is said when it is done: `Cancelled`. */
  readonly done: string;
  /** The act is for runs in these states, when no state was typed. */
  readonly types: readonly StateType[];
  readonly warning?: string;
  act(client: Client, body: Filter & { after: string | null }): Promise<Part>;
}

/** Whether runs are chosen by a filter, and not by name. It is one of both: a filter beside names would be taken for less than it is. */
export function isByFilter(named: boolean, options: AskedRuns): boolean {
  const filtered = isFiltered(options);
  if (named !== filtered) return filtered;
  const message = named ? 'Runs are named, and options choose others too.' : 'No flow run is named, and no option chooses any.';
  throw new SluiceError('USAGE', message, { hint: 'Name the runs, or choose them by options such as --tag nightly or --state Late.' });
}

/** Acts on all flow runs of a filter, after saying how many they are and asking a person. */
export async function actOnAll(client: Client, options: Options, { verb, done, types, warning, act }: BulkAct): Promise<number> {
  const isStateTyped = options.states.length + options.types.length > 0;
  const filter = await toFlowRunFilter(client, isStateTyped ? options : { ...options, types });
  const count = await client.request('POST /flow_runs/count', { body: filter });
  const runs = counted(count, 'flow run', 'flow runs');
  const isMeant = !options.dryRun && count > 0 && (options.yes || (await confirm(`${warning ? `${warning} ` : ''}${verb} ${runs}?`)));
  if (!isMeant) {
    tell(`${runs} ${count === 1 ? 'matches' : 'match'}. Nothing was done.`);
    return EXIT.ok;
  }
  const results: Part['results'][number][] = [];
  let refused = 0;
  for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
    const part: Part = await act(client, { ...filter, after });
    results.push(...part.results);
    refused += part.refused.length;
    for (const reason of part.refused) tell(reason);
    after = part.next;
  }
  if (isJson(options.output)) await printList(results, [], options.output);
  else say(`${done} ${counted(results.length, 'flow run', 'flow runs')}.`);
  return refused > 0 ? EXIT.failed : EXIT.ok;
}

/** Proposes a state to a part of the runs. */
export async function setStates(client: Client, body: Filter & { after: string | null }, state: StateCreate): Promise<Part> {
  const { results, next } = await client.request('POST /flow_runs/bulk_set_state', { body: { ...body, state } });
  return {
    results: results.filter(({ written }) => written),
    refused: results
      .filter(({ written }) => !written)
      .map(({ flow_run_id, details, state: now }) => details.reason ?? `${flow_run_id} is ${now?.name}.`),
    next,
  };
}

import { Menu } from '@base-ui/react/menu';
import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { ask } from '../../api/client.ts';
import type { FlowRunFilter } from '../../api/flow-runs.ts';
import { bounded, count } from '../../lib/format.ts';
import { type Act, act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { Button } from '../base/button.tsx';
import menu from '../base/menu.module.css';

interface BulkActsProps {
  readonly filter: Omit<FlowRunFilter, 'limit' | 'offset' | 'sort'>;
  /** What the filter finds, up to a bound. */
  readonly found: { readonly count: number; readonly more: boolean };
  /** The command of this filter: `sluice flow-run cancel --state-type RUNNING`. */
  readonly commandOf: (verb: string) => string;
}

type Verb = 'cancel' | 'retry' | 'delete';
const LABELS: { readonly [V in Verb]: string } = { cancel: 'Cancel', retry: 'Run again', delete: 'Delete' };

/** Acts on all runs that the filter finds, with their number before anything happens. */
export function BulkActs({ filter, found, commandOf }: BulkActsProps) {
  const [verb, setVerb] = useState<Verb>();
  return (
    <>
      <Menu.Root>
        <Menu.Trigger disabled={found.count === 0} render={<Button icon={ListChecks} />}>
          All {bounded(found)} …
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={6} align="end" className={menu['positioner']}>
            <Menu.Popup className={menu['popup']}>
              {(Object.keys(LABELS) as Verb[]).map((each) => (
                <Menu.Item key={each} className={menu['item']} data-danger={each === 'delete' || undefined} onClick={() => setVerb(each)}>
                  {LABELS[each]} …
                </Menu.Item>
              ))}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <ActDialog act={verb && bulkAct(verb, { filter, found, commandOf })} onClose={() => setVerb(undefined)} />
    </>
  );
}

function bulkAct(verb: Verb, { filter, found, commandOf }: BulkActsProps): Act {
  // A filter must be named: that of all runs too.
  const body = { ...filter, flow_runs: filter.flow_runs ?? {} };
  const words = {
    title: `${LABELS[verb]} ${bounded(found)} runs`,
    about: ABOUT[verb],
    confirm: `${LABELS[verb]} them`,
    kind: verb === 'retry' ? 'primary' : 'danger',
    command: commandOf(verb),
  } as const;
  if (verb === 'delete')
    return act(
      'POST /flow_runs/bulk_delete',
      { body },
      { ...words, done: told, send: () => untilDone((after) => ask('POST /flow_runs/bulk_delete', { body: { ...body, after } }), addDeleted) },
    );
  const state = verb === 'cancel' ? ({ type: 'CANCELLING', name: 'Cancelling' } as const) : ({ type: 'SCHEDULED', name: 'AwaitingRetry' } as const);
  const asked: RouteInput<'POST /flow_runs/bulk_set_state'> = { body: { ...body, state } };
  return act('POST /flow_runs/bulk_set_state', asked, {
    ...words,
    done: ({ results }) => saidOf(results.filter(({ written }) => written).length, results.filter(({ written }) => !written).length),
    send: () => untilDone((after) => ask('POST /flow_runs/bulk_set_state', { body: { ...body, state, after } }), addResults),
  });
}

const ABOUT: { readonly [V in Verb]: string } = {
  cancel: 'Runs that wait are cancelled at once, runs that run are told to stop, and so are their children. Runs that have ended stay as they are.',
  retry: 'Runs that have ended go back to their queues. What their tasks had finished is kept.',
  delete: 'They are deleted with their task runs, results and logs. Runs that have a process are not.',
};

type States = RouteOutput<'POST /flow_runs/bulk_set_state'>;
type Deleted = RouteOutput<'POST /flow_runs/bulk_delete'>;

const addResults = (all: States, page: States): States => ({ ...page, results: [...all.results, ...page.results] });
const addDeleted = (all: Deleted, page: Deleted): Deleted => ({
  ...page,
  deleted: [...all.deleted, ...page.deleted],
  refused: [...all.refused, ...page.refused],
});

const told = ({ deleted, refused }: Deleted) => saidOf(deleted.length, refused.length);
const saidOf = (done: number, refused: number) => `Done for ${count(done)}${refused > 0 ? `; ${count(refused)} stay as they are` : ''}.`;

/** One request acts on a bounded part, and the next goes on behind it. */
async function untilDone<P extends { readonly next: string | null }>(
  send: (after: string | null) => Promise<P>,
  add: (all: P, page: P) => P,
): Promise<P> {
  let all = await send(null);
  while (all.next !== null) all = add(all, await send(all.next));
  return all;
}

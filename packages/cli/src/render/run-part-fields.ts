import type { FlowRun } from '@sluice/core/model/flow-run';
import type { RunParts } from '../find/run-parts.ts';
import { type Column, column } from './column.ts';

/** More of a kind than these are counted: the commands that list them show all. */
const SHOWN = 30;

/** What a flow run has returned, its task runs and the flow runs that it has started: a line each. */
export function runPartFields({ result, task_runs, children }: RunParts, flows: ReadonlyMap<string, string>): Column<FlowRun>[] {
  const text = (header: string, value: string) => column<FlowRun>(header, () => value);
  const some = <T>(header: string, all: readonly T[], toText: (one: T) => string, listed: string) => [
    ...all.slice(0, SHOWN).map((one) => text(header, toText(one))),
    ...(all.length > SHOWN ? [text(header, `… and ${all.length - SHOWN} more: ${listed}`)] : []),
  ];
  // The stand-in of a child is not news beside the child.
  const own = task_runs.filter(({ state }) => !state?.state_details.child_flow_run_id);
  const [first] = task_runs;
  return [
    ...(result === undefined ? [] : [text('Result', JSON.stringify(result))]),
    ...some(
      'Task run',
      own,
      ({ name, state_name, id }) => `${name}  ${state_name}  ${id}`,
      `sluice task-run ls --limit 10000 --flow-run ${first?.flow_run_id}`,
    ),
    ...some(
      'Child flow run',
      children,
      ({ flow_id, name, state_name, id }) => `${flows.get(flow_id) ?? ''} ${name}  ${state_name}  ${id}`,
      'sluice flow-run ls --limit 10000 --parent, with the ID of this run',
    ),
  ];
}

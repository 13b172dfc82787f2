import { expect, test } from 'vitest';
import { STATE_TYPES, type StateType } from '../model/state-type.ts';
import { aFlowRun, aProposal, aState, aTaskRun, flowRunFacts, NOW, taskRunFacts } from '../testing/orchestration.ts';
import { evaluate } from './evaluate.ts';
import { flowRunPolicy, forcedFlowRunPolicy } from './flow-run-policy.ts';
import { ANYWHERE, type From, type Policy } from './rule.ts';
import type { RunRecord } from './run-record.ts';
import { forcedTaskRunPolicy, taskRunPolicy } from './task-run-policy.ts';

const FROM: readonly From[] = ['NONE', ...ANYWHERE.filter((from) => from !== 'NONE')];

interface Case<Run, Facts> {
  readonly title: string;
  readonly policy: Policy<Run, Facts>;
  readonly makeRun: (parts: { state: RunRecord['state']; run_count: number }) => Run;
  readonly facts: Facts;
}

/** The answer, what is written, what follows from it, and which rules had a say. */
function outcome<Run extends RunRecord, Facts>({ policy, makeRun, facts }: Case<Run, Facts>, from: From, to: StateType): string {
  const started = !['NONE', 'SCHEDULED', 'PENDING'].includes(from);
  const run = makeRun({ state: from === 'NONE' ? null : aState(from), run_count: started ? 1 : 0 });
  const { status, written, effects, trail, reason } = evaluate(policy, { run, proposed: aProposal(to), facts, now: NOW });
  const asProposed = written?.type === to && written.name === aProposal(to).name;
  const state = written ? (asProposed ? 'as proposed' : `${written.type} "${written.name}"`) : 'nothing written';
  return [`${status}, ${state}`, ...effects.map(({ kind }) => kind), ...trail.map((rule) => `[${rule}]`), ...(reason ? [`"${reason}"`] : [])].join(
    ' ',
  );
}

/** A line for each state and outcome: all proposals that have it. */
function linesFrom<Run extends RunRecord, Facts>(example: Case<Run, Facts>, from: From): string[] {
  const groups = Map.groupBy(STATE_TYPES, (to) => outcome(example, from, to));
  return [...groups].map(([what, types]) => `${from.padEnd(10)} > ${types.join(' ')}\n               ${what}`);
}

const table = <Run extends RunRecord, Facts>(example: Case<Run, Facts>) =>
  [`## ${example.title}`, ...FROM.flatMap((from) => linesFrom(example, from))].join('\n');

test('every proposal from every state has the answer that stands in the table', async () => {
  const slots = [{ kind: 'work pool' as const, name: 'pool', limit: 5, used: 1 }];
  const held = flowRunFacts({ lease: { claimed: true }, writer: { epoch: 1, current: 1, self: true }, slots });
  const retries = { retries: 1 };
  const tables = [
    table({ title: 'Flow run that no Sluice worker holds', policy: flowRunPolicy, makeRun: aFlowRun, facts: flowRunFacts({ slots }) }),
    table({
      title: 'Flow run with one retry, proposed by its worker',
      policy: flowRunPolicy,
      makeRun: (parts) => aFlowRun({ ...parts, policy: retries }),
      facts: held,
    }),
    table({ title: 'Flow run, forced', policy: forcedFlowRunPolicy, makeRun: aFlowRun, facts: flowRunFacts({ slots }) }),
    table({ title: 'Task run of a running flow', policy: taskRunPolicy, makeRun: aTaskRun, facts: taskRunFacts() }),
    table({
      title: 'Task run with one retry and a limited tag',
      policy: taskRunPolicy,
      makeRun: (parts) => aTaskRun({ ...parts, policy: retries }),
      facts: taskRunFacts({ slots: [{ kind: 'tag', name: 'database', limit: 3, used: 1 }] }),
    }),
    table({ title: 'Task run, forced', policy: forcedTaskRunPolicy, makeRun: aTaskRun, facts: taskRunFacts() }),
  ];
  await expect(`${tables.join('\n\n')}\n`).toMatchFileSnapshot('all-pairs.snap');
});

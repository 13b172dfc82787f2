import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Deployment } from '../../api/deployments.ts';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import { ago, timeText } from '../../lib/format.ts';
import { wordOf } from '../../lib/states.ts';
import { SelectField } from '../base/field.tsx';
import { Note } from '../base/notice.tsx';
import { whatOf } from '../flow-runs/what-of.ts';

interface LikeRunProps {
  readonly deployment: Deployment;
  /** The run that is taken at first. */
  readonly first: string | undefined;
  readonly onTake: (parameters: FlowRun['parameters']) => void;
}

const MOST = 20;

/** Takes the parameters of an earlier run. */
export function LikeRun({ deployment, first, onTake }: LikeRunProps) {
  const [chosen, setChosen] = useState(first ?? '');
  const last = useQuery(flowRuns.list({ flow_runs: { deployment_id: { any_: [deployment.id] } }, limit: MOST })).data ?? [];
  const named = useQuery({ ...flowRuns.one(first ?? ''), enabled: first !== undefined });
  const isTaken = useRef(false);
  useEffect(() => {
    if (!named.data || isTaken.current) return;
    isTaken.current = true;
    onTake(named.data.parameters);
  }, [named.data, onTake]);
  if (last.length === 0 && !named.data) return named.error ? <Note>{named.error.message}</Note> : null;
  const runs = named.data && !last.some(({ id }) => id === first) ? [named.data, ...last] : last;
  function take(id: string): void {
    setChosen(id);
    onTake(runs.find((run) => run.id === id)?.parameters ?? deployment.parameters);
  }
  return (
    <SelectField
      label="Like an earlier run"
      value={chosen}
      choices={[['', 'No: the deployment’s own parameters'], ...runs.map((run) => [run.id, wordsOf(run)] as const)]}
      onChange={take}
    />
  );
}

function wordsOf(run: FlowRun): string {
  const at = run.expected_start_time ?? run.created;
  const when = at ? `${ago(Date.parse(at), Date.now())} (${timeText(at, 'local').slice(0, 16)})` : '';
  return [run.name, whatOf(run), wordOf(run), when].filter(Boolean).join(' · ');
}

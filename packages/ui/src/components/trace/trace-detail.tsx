import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { flowRuns } from '../../api/flow-runs.ts';
import { taskRuns } from '../../api/task-runs.ts';
import { span } from '../../lib/format.ts';
import { Answer } from '../base/answer.tsx';
import { IconButton } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { Segments } from '../base/segments.tsx';
import { StateBadge } from '../base/state-badge.tsx';
import { When } from '../base/when.tsx';
import { RestartDialog } from '../flow-runs/restart-dialog.tsx';
import { RunResult } from '../flow-runs/run-result.tsx';
import { StateList } from '../flow-runs/state-list.tsx';
import { timesOf } from './trace-bar.ts';
import styles from './trace-detail.module.css';
import type { TraceNode } from './trace-tree.ts';

interface TraceDetailProps {
  readonly node: TraceNode;
  /** The name of the run whose trace it is. */
  readonly runName: string;
  readonly now: number;
  readonly onClose: () => void;
}

type Part = 'states' | 'result';

/** What is behind a bar: when it was, what it said, its states and its result. */
export function TraceDetail({ node, runName, now, onClose }: TraceDetailProps) {
  const [part, setPart] = useState<Part>('states');
  const [isRestart, setRestart] = useState(false);
  const { of } = node;
  if (!of) return null;
  const times = timesOf(of, now);
  return (
    <Card className={styles['detail']} title={node.name} actions={<IconButton label="Close" icon={X} onClick={onClose} />}>
      <div className={styles['parts']}>
        <dl className={styles['facts']}>
          <Fact name="State">
            <StateBadge run={of} />
          </Fact>
          {node.about && <Fact name={node.kind === 'run' ? 'Of' : 'Table'}>{node.about}</Fact>}
          {times?.queued != null && <Fact name="Queued">{span((times.start ?? times.end) - times.queued)}</Fact>}
          {times?.start != null && <Fact name="Took">{span(times.end - times.start)}</Fact>}
          <Fact name="Started">
            <When at={of.start_time} />
          </Fact>
          <Fact name="Tries">{of.run_count}</Fact>
        </dl>
        {of.message && <p className={styles['message']}>{of.message}</p>}
        <p className={styles['links']}>
          {node.kind === 'run' ? (
            <Link to="/runs/$id" params={{ id: of.id }}>
              Open the run
            </Link>
          ) : (
            <>
              <Link to="/runs/$id" params={{ id: node.within }} search={{ tab: 'logs', task: of.id } as never}>
                Its log lines
              </Link>
              <button type="button" className={styles['link']} onClick={() => setRestart(true)}>
                Restart from here …
              </button>
            </>
          )}
        </p>
        <Segments label="Part" value={part} choices={{ states: 'States', result: 'Result' }} onChange={(value) => setPart(value as Part)} />
        {isRestart && (
          <RestartDialog run={{ id: node.within, name: runName }} from={{ id: of.id, name: node.name }} onClose={() => setRestart(false)} />
        )}
        {part === 'states' ? <States node={node} id={of.id} /> : <Result node={node} id={of.id} />}
      </div>
    </Card>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface OfProps {
  readonly node: TraceNode;
  readonly id: string;
}

function States({ node, id }: OfProps) {
  const ofRun = useQuery({ ...flowRuns.states(id), enabled: node.kind === 'run' });
  const ofTask = useQuery({ ...taskRuns.states(id), enabled: node.kind === 'task' });
  return (
    <Answer of={node.kind === 'run' ? ofRun : ofTask} height={110}>
      {(states) => <StateList states={states} />}
    </Answer>
  );
}

function Result({ node, id }: OfProps) {
  const run = useQuery({ ...flowRuns.one(id), enabled: node.kind === 'run' });
  const task = useQuery({ ...taskRuns.one(id), enabled: node.kind === 'task' });
  return node.kind === 'run' ? (
    <Answer of={run} height={110}>
      {(run) => <RunResult run={run} />}
    </Answer>
  ) : (
    <Answer of={task} height={110}>
      {(task) => <RunResult run={task} />}
    </Answer>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { taskRunsOf } from '../../api/runs-of-tasks.ts';
import { lookOf } from '../../lib/states.ts';
import { StateIcon } from '../base/state-icon.tsx';
import { DurationChart } from '../flow-runs/duration-chart.tsx';
import { type Cell, gridOf } from './grid-of.ts';
import styles from './task-grid.module.css';

const MOST_ROWS = 80;

/** The last runs of a flow as columns, its tasks as rows, and above how long each run took. */
export function TaskGrid({ runs }: { readonly runs: readonly FlowRun[] }) {
  const ids = useMemo(() => runs.map(({ id }) => id), [runs]);
  const { data = [] } = useQuery(taskRunsOf(ids));
  const rows = useMemo(() => gridOf(runs, data), [runs, data]);
  return (
    <div className={styles['grid']}>
      <div className={styles['row']}>
        <span className="quiet">How long it took</span>
        <DurationChart runs={runs} height={90} />
      </div>
      {rows.slice(0, MOST_ROWS).map(({ task, cells }) => (
        <div key={task} className={styles['row']}>
          <span className={styles['task']} title={task}>
            {task}
          </span>
          <div className={styles['cells']}>
            {cells.map((cell, index) => (
              <TaskCell key={runs[index]?.id} cell={cell} run={runs[index] as FlowRun} task={task} />
            ))}
          </div>
        </div>
      ))}
      {rows.length > MOST_ROWS && <p className="quiet">and {rows.length - MOST_ROWS} more tasks</p>}
    </div>
  );
}

function TaskCell({ cell, run, task }: { readonly cell: Cell | undefined; readonly run: FlowRun; readonly task: string }) {
  if (!cell) return <span className={styles['cell']} />;
  const { tone, icon } = lookOf(cell.worst);
  const words = `${task} in ${run.name}: ${cell.words}`;
  return (
    <Link to="/runs/$id" params={{ id: run.id }} className={styles['cell']} data-tone={tone} title={words} aria-label={words} tabIndex={-1}>
      {cell.count > 1 ? cell.count : tone === 'completed' ? null : <StateIcon name={icon} size={11} />}
    </Link>
  );
}

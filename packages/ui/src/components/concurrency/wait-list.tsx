import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { LimitUse } from '../../api/limits.ts';
import { Lasting } from '../base/when.tsx';
import { useWhats } from '../flow-runs/use-whats.ts';
import styles from './wait-list.module.css';

/** Who waits for slots, in the order in which they get them. */
export function WaitList({ use: { waiters, waiting }, most = 5 }: { readonly use: LimitUse; readonly most?: number }) {
  const shown = useMemo(() => waiters.slice(0, most), [waiters, most]);
  const whats = useWhats(useMemo(() => shown.map(({ flow_run_id }) => flow_run_id), [shown]));
  if (waiting === 0) return null;
  return (
    <ol className={styles['list']} aria-label="Who waits">
      {shown.map(({ flow_run_id: id, flow_run_name: run, task_run_name: task, task_run_id, since, slots }) => (
        <li key={`${id} ${task_run_id} ${since}`}>
          {id ? (
            <Link to="/runs/$id" params={{ id }}>
              {task ? `${task} of ${run}` : run}
            </Link>
          ) : (
            (task ?? 'somebody')
          )}
          {slots > 1 && ` for ${slots}`}{' '}
          <span className="quiet">
            {!task && whats.get(id ?? '')} <Lasting from={since} to={null} />
          </span>
        </li>
      ))}
      {waiting > shown.length && <li className={styles['more']}>and {waiting - shown.length} more</li>}
    </ol>
  );
}

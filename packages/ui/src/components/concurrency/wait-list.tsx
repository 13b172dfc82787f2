import { Link } from '@tanstack/react-router';
import type { LimitUse } from '../../api/limits.ts';
import { When } from '../base/when.tsx';
import styles from './wait-list.module.css';

/** Who waits for slots, in the order in which they get them. */
export function WaitList({ use: { waiters, waiting }, most = 5 }: { readonly use: LimitUse; readonly most?: number }) {
  if (waiting === 0) return null;
  const shown = waiters.slice(0, most);
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
            <When at={since} />
          </span>
        </li>
      ))}
      {waiting > shown.length && <li className="quiet">and {waiting - shown.length} more</li>}
    </ol>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { flowRuns } from '../../api/flow-runs.ts';
import { Note } from '../base/notice.tsx';
import { StateBadge } from '../base/state-badge.tsx';
import styles from './started.module.css';

/** How the run stands that was started from this page. */
export function Started({ id }: { readonly id: string }) {
  const { data: run } = useQuery(flowRuns.one(id));
  if (!run) return null;
  return (
    <Note>
      <p className={styles['line']}>
        <StateBadge run={run} />
        <Link to="/runs/$id" params={{ id }}>
          {run.name}
        </Link>
        {run.state_type !== 'COMPLETED' && <span className="quiet">{run.state?.message}</span>}
      </p>
    </Note>
  );
}

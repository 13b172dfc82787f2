import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { deployments } from '../../api/deployments.ts';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import { flows } from '../../api/flows.ts';
import { taskRuns } from '../../api/task-runs.ts';
import { When } from '../base/when.tsx';
import styles from './run-facts.module.css';

/** What a run belongs to, each with its page. */
export function RunFacts({ run }: { readonly run: FlowRun }) {
  const flow = useQuery(flows.one(run.flow_id)).data;
  const deployment = useQuery({ ...deployments.one(run.deployment_id ?? ''), enabled: run.deployment_id !== null }).data;
  const parent = useParent(run.parent_task_run_id);
  return (
    <>
      <Fact name="Flow">
        <To to={`/flows/${run.flow_id}`}>{flow?.name ?? '…'}</To>
      </Fact>
      {run.deployment_id && (
        <Fact name="Deployment">
          <To to={`/deployments/${run.deployment_id}`}>{deployment?.name ?? '…'}</To>
        </Fact>
      )}
      {parent && (
        <Fact name="Parent">
          <To to={`/runs/${parent.id}`}>{parent.name}</To>
        </Fact>
      )}
      {run.work_pool_name && (
        <Fact name="Pool">
          <To to={`/work-pools/${encodeURIComponent(run.work_pool_name)}`}>{run.work_pool_name}</To>
          {run.work_queue_name !== 'default' && ` / ${run.work_queue_name}`}
        </Fact>
      )}
      {run.worker_name && run.work_pool_name && (
        <Fact name="Worker">
          <To to={`/workers/${encodeURIComponent(run.work_pool_name)}/${encodeURIComponent(run.worker_name)}`}>{run.worker_name}</To>
        </Fact>
      )}
      <To to={`/boards/${run.id}`}>Board</To>
      {run.start_time ? (
        <Fact name="Started">
          <When at={run.start_time} />
        </Fact>
      ) : (
        <Fact name="Due">
          <When at={run.next_scheduled_start_time ?? run.expected_start_time} />
        </Fact>
      )}
      {run.run_count > 1 && <Fact name="Try">{run.run_count}</Fact>}
      {run.crash_count > 0 && <Fact name="Lost its process">{run.crash_count === 1 ? 'once' : `${run.crash_count} times`}</Fact>}
      {run.tags.map((tag) => (
        <Link key={tag} to="/runs" search={{ tag } as never} className={styles['tag']} title={`Runs with the tag ${tag}`}>
          {tag}
        </Link>
      ))}
    </>
  );
}

/** The flow run of which a task started this one. */
function useParent(taskRunId: string | null): FlowRun | undefined {
  const task = useQuery({ ...taskRuns.one(taskRunId ?? ''), enabled: taskRunId !== null }).data;
  const id = task?.flow_run_id;
  return useQuery({ ...flowRuns.one(id ?? ''), enabled: Boolean(id) }).data;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <span className={styles['fact']}>
      {name} <span className={styles['value']}>{children}</span>
    </span>
  );
}

function To({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return <Link to={to}>{children}</Link>;
}

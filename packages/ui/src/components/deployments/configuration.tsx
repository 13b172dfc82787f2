import type { Deployment } from '../../api/deployments.ts';
import { Card } from '../base/card.tsx';
import { Facts, Json } from '../base/facts.tsx';
import { When } from '../base/when.tsx';

/** How a deployment runs its flow. */
export function Configuration({ deployment }: { readonly deployment: Deployment }) {
  const { concurrency_options: options, job_variables: variables, labels, pull_steps: steps } = deployment;
  return (
    <Card>
      <Facts
        facts={[
          ['Entry point', deployment.entrypoint && <code>{deployment.entrypoint}</code>],
          ['Folder', deployment.path && <code>{deployment.path}</code>],
          ['Version', deployment.version && <code>{deployment.version}</code>],
          ['Work pool', deployment.work_pool_name],
          ['Work queue', deployment.work_queue_name],
          ['Most active runs', deployment.concurrency_limit ?? 'no limit'],
          ['What is beyond the limit', options && (options.collision_strategy === 'CANCEL_NEW' ? 'is cancelled' : 'waits')],
          ['Parameters are checked', deployment.enforce_parameter_schema ? 'yes' : 'no'],
          ['Job variables', Object.keys(variables).length > 0 ? <Json key="variables" value={variables} /> : null],
          ['Pull steps', steps && <Json value={steps} />],
          ['Labels', Object.keys(labels).length > 0 ? <Json key="labels" value={labels} /> : null],
          ['Created', <When key="created" at={deployment.created} />],
          ['Changed', <When key="changed" at={deployment.updated} />],
          ['ID', <code key="id">{deployment.id}</code>],
        ]}
      />
    </Card>
  );
}

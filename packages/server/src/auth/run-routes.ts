import type { RouteKey } from '@sluice/core/api/routes';

/** What a flow changes: its run, its tasks, its children, its slots. */
const CHANGES: ReadonlySet<string> = new Set<RouteKey>([
  'POST /flows/',
  'POST /deployments/{id}/create_flow_run',
  'POST /flow_runs/',
  'PATCH /flow_runs/{id}',
  'POST /flow_runs/{id}/set_state',
  'POST /flow_runs/{id}/resume',
  // Of a program that the flow starts, and that calls a flow itself.
  'POST /flow_runs/{id}/beat',
  'POST /flow_runs/wait',
  'PUT /flow_runs/{id}/progress',
  'POST /flow_runs/progress',
  'POST /task_runs/',
  'PATCH /task_runs/{id}',
  'POST /task_runs/{id}/set_state',
  'POST /task_runs/step',
  'POST /logs/',
  // A limit that is not there yet; one that is stays as it is.
  'POST /v2/concurrency_limits/',
  'POST /v2/concurrency_limits/increment',
  'POST /v2/concurrency_limits/decrement',
  'POST /v2/concurrency_limits/increment-with-lease',
  'POST /v2/concurrency_limits/decrement-with-lease',
  'POST /v2/concurrency_limits/leases/{id}/renew',
]);

const READS = /^GET (?!\/admin\/)|^POST \S+\/(filter|count|history)$/;

/**
 * What the token of a run opens: reading, and what the SDK does for a flow. It neither deletes nor claims,
 * and changes no deployment, pool or limit: with those a flow could come by what only others may have.
 */
export const isOpenToRuns = (route: string): boolean => CHANGES.has(route) || READS.test(route);

/**
 * What a client of Prefect finds otherwise here, by the route of Prefect's server. `absent`: the route is not there, and why. `other`: it
 * is there, and answers otherwise on purpose.
 */
interface Difference {
  readonly absent?: string;
  readonly other?: string;
}

const TESTS_ONLY = 'It drops or clears the database of a test server. `sluice reset` removes a server of ours.';

export const DIFFERENCES: { readonly [route: string]: Difference } = {
  'POST /admin/database/clear': { absent: TESTS_ONLY },
  'POST /admin/database/create': { absent: TESTS_ONLY },
  'POST /admin/database/drop': { absent: TESTS_ONLY },
  'WS /work_pools/{work_pool_name}/workers/connect': {
    other:
      'Heartbeats and changes of the pool. Infrastructure that is to be cleaned up is told to nobody: the server refuses `cleanup_delivery.v1`, and a worker learns of a cancellation by the event, as always.',
  },
  'GET /csrf-token': { other: 'Says that protection by CSRF tokens is off: 2.13.7 knows none. Pages of other sites are refused by their origin.' },
  'GET /observed-states': { absent: 'Only a server under test has it.' },
  'GET /admin/version': {
    other: 'Says a release of Prefect 3, since clients of 3.x refuse another major one. `sluice version` and `GET /admin/status` say ours.',
  },
  'GET /admin/settings': { other: 'Our settings, without secrets.' },
  'POST /work_pools/{name}/get_scheduled_flow_runs': {
    other:
      'A worker’s poll that finds nothing is answered when a run is due, or after 20 s: no more of them than workers of Prefect are online in the pool, and each of these gets runs of its own. Limits of pools and queues are exact, also when two workers have polled at once: the second is told ABORT.',
  },
  'POST /automations/': {
    other:
      'What an automation has led to fires it never again, and a chain of automations that fire each other ends after three. `actions_on_resolve` are kept and never due, as on Prefect’s own server: only triggers of metrics can be resolved, which are its Cloud’s.',
  },
  'POST /v2/concurrency_limits/increment': { other: 'Who waits stands in a line, and gets a slot in its turn at the moment when one is free.' },
  'POST /v2/concurrency_limits/increment-with-lease': {
    other: 'Who waits stands in a line, and gets a slot in its turn at the moment when one is free.',
  },
};

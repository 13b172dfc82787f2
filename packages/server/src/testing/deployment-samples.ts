import type { SampleRecords } from './sample-records.ts';
import type { Samples } from './sample-requests.ts';

const AT = '2026-11-24T10:00:00Z';

export function deploymentSamples(records: SampleRecords, fresh: string): Samples<'/deployments/'> {
  const deployment = { params: { id: records.deployment } };
  const schedule = { params: { id: records.deployment, schedule_id: records.schedule } };
  return {
    'POST /deployments/': {
      body: {
        name: `deployment ${fresh}`,
        flow_id: records.flow,
        work_pool_name: 'sample-pool',
        parameters: { a: 1 },
        tags: ['d'],
        job_variables: { env: {} },
      },
    },
    'GET /deployments/{id}': deployment,
    'GET /deployments/name/{flow_name}/{deployment_name}': { params: { flow_name: 'sample flow', deployment_name: 'sample deployment' } },
    'PATCH /deployments/{id}': { ...deployment, body: { description: 'd', paused: true, concurrency_limit: 3 } },
    'POST /deployments/{id}/pause_deployment': deployment,
    'POST /deployments/{id}/resume_deployment': deployment,
    'POST /deployments/{id}/set_schedule_inactive': deployment,
    'POST /deployments/{id}/set_schedule_active': deployment,
    'GET /deployments/{id}/schedules': deployment,
    'POST /deployments/{id}/schedules': {
      ...deployment,
      body: [{ schedule: { interval: 3600, anchor_date: AT }, slug: fresh, parameters: { a: 3 } }],
    },
    'PATCH /deployments/{id}/schedules/{schedule_id}': { ...schedule, body: { active: true, schedule: { rrule: 'FREQ=DAILY;BYHOUR=6' } } },
    'DELETE /deployments/{id}/schedules/{schedule_id}': schedule,
    'POST /deployments/{id}/schedule': { ...deployment, body: { start_time: AT, end_time: AT, min_time: 60, min_runs: 1, max_runs: 2 } },
    'POST /deployments/{id}/backfill': { ...deployment, body: { start_time: AT, end_time: AT, dry_run: true } },
    'POST /deployments/paginate': { body: { deployments: { tags: { any_: ['d'] } }, page: 1, limit: 5 } },
    'POST /deployments/bulk_delete': { body: { deployments: { name: { any_: ['none of them'] } }, limit: 5 } },
    'POST /deployments/get_scheduled_flow_runs': { body: { deployment_ids: [records.deployment], scheduled_before: AT, limit: 5 } },
    'GET /deployments/{id}/work_queue_check': deployment,
    'POST /deployments/{id}/create_flow_run/bulk': { ...deployment, body: [{ parameters: { a: 2 } }, { parameters: { a: 'no' } }] },
    'DELETE /deployments/{id}': deployment,
    'POST /deployments/filter': { body: { deployments: { paused: { eq_: false } }, sort: 'NAME_DESC' } },
    'POST /deployments/count': { body: { work_pools: { name: { any_: ['sample-pool'] } } } },
    'POST /deployments/{id}/create_flow_run': { ...deployment, body: { parameters: { a: 2 }, name: 'made', idempotency_key: fresh } },
  };
}

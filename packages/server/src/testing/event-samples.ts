import type { SampleRecords } from './sample-records.ts';
import type { Samples } from './sample-requests.ts';

const AT = '2026-11-24T10:00:00Z';

export function eventSamples(
  records: SampleRecords,
  fresh: string,
): Samples<'/events' | '/automations' | '/task_workers' | '/task_runs/subscriptions'> {
  const automation = { params: { id: records.automation } };
  const body = {
    name: `automation ${fresh}`,
    trigger: { type: 'event', posture: 'Reactive', expect: ['sample.*'], match: { kind: ['a*'] }, threshold: 2, within: 60 },
    actions: [{ type: 'run-deployment', source: 'selected', deployment_id: records.deployment, parameters: { a: 1 } }],
  } as const;
  return {
    'POST /automations/': { body: { ...body, owner_resource: 'prefect.deployment.sample' } as never },
    'GET /automations/{id}': automation,
    'PUT /automations/{id}': { ...automation, body: body as never },
    'PATCH /automations/{id}': { ...automation, body: { enabled: false } },
    'DELETE /automations/{id}': automation,
    'POST /automations/filter': { body: { automations: { name: { any_: ['x'] }, created: { before_: AT } }, sort: 'NAME_DESC' } },
    'POST /automations/count': { body: { automations: { tags: { is_null_: true } } } },
    'GET /automations/related-to/{resource_id}': { params: { resource_id: 'prefect.deployment.sample' } },
    'DELETE /automations/owned-by/{resource_id}': { params: { resource_id: 'prefect.deployment.nobody' } },
    'POST /automations/templates/validate': { body: 'It is {{ event.id }}' },
    'POST /task_workers/filter': { body: { task_worker_filter: { task_keys: ['k'] } } },
    'GET /task_runs/subscriptions/scheduled': {},
    'GET /events/stream': { query: { topics: 'flow_run,log', flow_run_id: records.run, after: '5:5:' } },
    'POST /events': {
      body: [
        {
          id: fresh,
          occurred: AT,
          event: 'sample.loaded',
          resource: { 'prefect.resource.id': 'sample.table', rows: '7' },
          related: [{ 'prefect.resource.id': 'sample.db', 'prefect.resource.role': 'source' }],
          payload: { rows: 7 },
        },
      ],
    },
    'GET /events/in': {},
    'GET /events/out': {},
    'POST /events/filter': {
      body: {
        filter: {
          occurred: { since: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z' },
          event: { prefix: ['prefect.', 'sample'], exclude_name: ['x'] },
          related: [{ role: ['flow', 'source'], labels: { 'prefect.resource.id': ['prefect.flow.*', 'sample.*'] } }],
          any_resource: { id_prefix: ['prefect.', 'sample'] },
          text: { query: '-nowhere' },
        },
        limit: 5,
      },
    },
    'GET /events/filter/next': {
      query: {
        'page-token': Buffer.from(
          JSON.stringify({ filter: {}, total: 9, limit: 5, now: AT, after: { occurred: '2026-11-24 10:00:00+00', id: fresh } }),
        ).toString('base64url'),
      },
    },
    'POST /events/count-by/{countable}': {
      params: { countable: 'time' },
      body: { filter: { occurred: { since: '2026-11-24T00:00:00Z', until: AT } }, time_unit: 'hour', time_interval: 1 },
    },
  };
}

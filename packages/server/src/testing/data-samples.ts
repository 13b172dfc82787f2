import type { SampleRecords } from './sample-records.ts';
import type { Samples } from './sample-requests.ts';

export function dataSamples(records: SampleRecords, fresh: string): Samples<'/variables/' | '/artifacts/' | '/saved_searches/'> {
  const variable = { params: { id: records.variable } };
  const named = { params: { name: 'sample_variable' } };
  const artifact = { params: { id: records.artifact } };
  const search = { params: { id: records.saved_search } };
  return {
    'POST /variables/': { body: { name: `v-${fresh}`, value: { a: [1, null, 'x'] }, tags: ['t'] } },
    'GET /variables/{id}': variable,
    'GET /variables/name/{name}': named,
    'PATCH /variables/{id}': { ...variable, body: { value: null } },
    'PATCH /variables/name/{name}': { ...named, body: { value: 'two', tags: [] } },
    'DELETE /variables/{id}': variable,
    'DELETE /variables/name/{name}': { params: { name: 'other_variable' } },
    'POST /variables/filter': { body: { variables: { name: { like_: 'sample' }, tags: { all_: [] } }, sort: 'NAME_DESC', limit: 5 } },
    'POST /variables/count': { body: { variables: { id: { any_: [records.variable] } } } },
    'POST /artifacts/': { body: { key: `a-${fresh}`, type: 'table', data: [{ a: 1 }], metadata_: { a: 'b' }, flow_run_id: records.run } },
    'GET /artifacts/{id}': artifact,
    'PATCH /artifacts/{id}': { ...artifact, body: { data: 80, description: 'd' } },
    'DELETE /artifacts/{id}': artifact,
    'GET /artifacts/{key}/latest': { params: { key: 'sample' } },
    'POST /artifacts/filter': { body: { artifacts: { key: { exists_: true } }, flow_runs: { id: { any_: [records.run] } }, sort: 'KEY_ASC' } },
    'POST /artifacts/count': { body: { artifacts: { type: { not_any_: ['table'] } } } },
    'POST /artifacts/latest/filter': { body: { artifacts: { latest_id: { any_: [records.artifact] } }, sort: 'CREATED_DESC' } },
    'POST /artifacts/latest/count': { body: { flows: { name: { any_: ['sample flow'] } } } },
    'PUT /saved_searches/': {
      body: { name: fresh, filters: [{ object: 'flow_run', property: 'name', type: 'string', operation: 'equals', value: 'x' }] },
    },
    'GET /saved_searches/{id}': search,
    'DELETE /saved_searches/{id}': search,
    'POST /saved_searches/filter': { body: { limit: 5 } },
  };
}

export function blockSamples(
  records: SampleRecords,
  fresh: string,
): Samples<'/block_types/' | '/block_schemas/' | '/block_capabilities/' | '/block_documents/'> {
  const type = { params: { id: records.block_type } };
  const schema = { params: { id: records.block_schema } };
  const block = { params: { id: records.block } };
  const ofTypes = { block_types: { slug: { any_: ['sample-type'] } } };
  return {
    'POST /block_types/': { body: { name: `type ${fresh}`, slug: `type-${fresh}`, description: 'a < b' } },
    'GET /block_types/{id}': type,
    'GET /block_types/slug/{slug}': { params: { slug: 'sample-type' } },
    'PATCH /block_types/{id}': { ...type, body: { description: 'changed', logo_url: null } },
    'DELETE /block_types/{id}': { params: { id: records.spare_block_type } },
    'POST /block_types/filter': { body: { ...ofTypes, block_schemas: { block_capabilities: { all_: [] } }, limit: 5 } },
    'GET /block_types/slug/{slug}/block_documents': { params: { slug: 'sample-type' }, query: { include_secrets: 'true' } },
    'GET /block_types/slug/{slug}/block_documents/name/{block_document_name}': {
      params: { slug: 'sample-type', block_document_name: 'sample' },
      query: {},
    },
    'POST /block_types/install_system_block_types': {},
    'POST /block_schemas/': { body: { fields: { title: fresh }, block_type_id: records.block_type, capabilities: ['get-directory'] } },
    'GET /block_schemas/{id}': schema,
    'GET /block_schemas/checksum/{checksum}': { params: { checksum: records.block_checksum }, query: { version: 'non-versioned' } },
    'DELETE /block_schemas/{id}': { params: { id: records.spare_block_schema } },
    'POST /block_schemas/filter': { body: { block_schemas: { block_type_id: { any_: [records.block_type] } } } },
    'GET /block_capabilities/': {},
    'POST /block_documents/': {
      body: { name: `b-${fresh}`, data: { a: 1 }, block_type_id: records.block_type, block_schema_id: records.block_schema },
    },
    'GET /block_documents/{id}': { ...block, query: { include_secrets: 'true' } },
    'PATCH /block_documents/{id}': { ...block, body: { data: { a: 2 }, merge_existing_data: true } },
    'DELETE /block_documents/{id}': { params: { id: records.spare_block } },
    'POST /block_documents/filter': { body: { ...ofTypes, block_documents: { name: { like_: 'sam' } }, include_secrets: false, limit: 5 } },
    'POST /block_documents/count': { body: ofTypes },
  };
}

export function notificationPolicySamples(records: SampleRecords): Samples<'/flow_run_notification_policies/'> {
  const policy = { params: { id: records.notification_policy } };
  return {
    'POST /flow_run_notification_policies/': {
      body: { state_names: ['Failed'], tags: [], block_document_id: records.block, message_template: 'Run {flow_run_name}' },
    },
    'GET /flow_run_notification_policies/{id}': policy,
    'PATCH /flow_run_notification_policies/{id}': { ...policy, body: { is_active: false } },
    'DELETE /flow_run_notification_policies/{id}': policy,
    'POST /flow_run_notification_policies/filter': { body: { flow_run_notification_policy_filter: { is_active: { eq_: true } }, limit: 5 } },
  };
}

export function uiSamples(records: SampleRecords): Samples<'/ui/' | '/collections/' | '/templates/'> {
  const after_ = '2026-01-01T00:00:00Z';
  return {
    'GET /collections/views/{view}': { params: { view: 'aggregate-worker-metadata' } },
    'POST /templates/validate': { body: '{{ event.id }}' },
    'POST /ui/flow_runs/history': { body: { flows: { id: { any_: [records.flow] } }, limit: 10 } },
    'POST /ui/flow_runs/count-task-runs': { body: { flow_run_ids: [records.run] } },
    'POST /ui/flows/count-deployments': { body: { flow_ids: [records.flow] } },
    'POST /ui/flows/next-runs': { body: { flow_ids: [records.flow] } },
    'POST /ui/schemas/validate': { body: { schema: { type: 'object', properties: { a: { type: 'integer' } } }, values: { a: 'x' } } },
    'POST /ui/task_runs/dashboard/counts': { body: { task_runs: { start_time: { after_ } } } },
    'POST /ui/task_runs/count': { body: { flow_runs: { id: { any_: [records.run] } } } },
    'GET /ui/task_runs/{id}': { params: { id: records.task } },
  };
}

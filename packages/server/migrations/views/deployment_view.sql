create view deployment_view as
  select
    d.id, d.created, d.updated, d.name, d.version, d.description, d.flow_id, d.paused, '[]'::json as schedules, d.concurrency_limit,
    null::json as global_concurrency_limit, d.concurrency_options, d.job_variables, d.parameters, d.tags, d.labels,
    coalesce(q.name, d.work_queue_name) as work_queue_name, d.work_queue_id, p.name as work_pool_name, d.last_polled,
    d.parameter_openapi_schema, d.path, d.pull_steps, d.entrypoint, d.storage_document_id, d.infrastructure_document_id,
    d.created_by, d.updated_by,
    case when q.last_polled > now() - interval '60 seconds' then 'READY' else 'NOT_READY' end as status,
    d.enforce_parameter_schema, null::json as schedule, not d.paused as is_schedule_active, d.job_variables as infra_overrides,
    d.manifest_path, d.bundle, d.bundle_folder
  from deployment d
  left join work_queue q on q.id = d.work_queue_id
  left join work_pool p on p.id = q.work_pool_id;

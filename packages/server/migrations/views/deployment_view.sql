create view deployment_view as
  select
    d.id, d.created, d.updated, d.name, d.version, d.description, d.flow_id, d.paused,
    coalesce((select json_agg(row_to_json(s) order by s.updated desc, s.id desc) from (
      select v.* from deployment_schedule_view v where v.deployment_id = d.id
    ) s), '[]'::json) as schedules,
    d.concurrency_limit,
    case when d.concurrency_limit is not null then json_build_object('id', d.id, 'created', d.created, 'updated', d.updated, 'active', true,
      'name', 'deployment:' || d.id, 'limit', d.concurrency_limit, 'slot_decay_per_second', 0,
      'active_slots', (select count(*) from flow_run_lease l where l.deployment_id = d.id)) end as global_concurrency_limit, d.concurrency_options, d.job_variables, d.parameters, d.tags, d.labels,
    coalesce(q.name, d.work_queue_name) as work_queue_name, d.work_queue_id, p.name as work_pool_name, d.last_polled,
    d.parameter_openapi_schema, d.path, d.pull_steps, d.entrypoint, d.storage_document_id, d.infrastructure_document_id,
    d.created_by, d.updated_by,
    case when greatest(d.last_polled, q.last_polled) > now() - interval '60 seconds' then 'READY' else 'NOT_READY' end as status,
    d.enforce_parameter_schema, first.schedule, not d.paused and coalesce(first.active, true) as is_schedule_active, d.job_variables as infra_overrides,
    d.manifest_path, d.bundle, d.bundle_folder
  from deployment d
  left join work_queue q on q.id = d.work_queue_id
  left join work_pool p on p.id = q.work_pool_id
  left join lateral (
    select s.schedule, s.active from deployment_schedule s where s.deployment_id = d.id order by s.updated desc, s.id desc limit 1
  ) first on true;

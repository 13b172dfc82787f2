create view flow_run_view as
  select
    r.id, r.created, r.updated, r.name, r.flow_id, r.state_id, r.deployment_id, r.deployment_version, r.work_queue_id,
    q.name as work_queue_name, p.id as work_pool_id, p.name as work_pool_name, r.flow_version, r.parameters, r.idempotency_key,
    r.context, wire_flow_run_policy(r.empirical_policy) as empirical_policy, r.tags,
    (select f.labels from flow f where f.id = r.flow_id)
      || jsonb_strip_nulls(jsonb_build_object('prefect.flow.id', r.flow_id, 'prefect.deployment.id', r.deployment_id)) || r.labels as labels, r.parent_task_run_id, r.state_type, r.state_name, r.run_count,
    r.expected_start_time, r.next_scheduled_start_time, r.start_time, r.end_time, r.total_run_time,
    run_seconds(r.total_run_time, r.state_type, r.state_timestamp) as estimated_run_time,
    run_lateness(r.start_time, r.expected_start_time, r.state_type) as estimated_start_time_delta,
    r.auto_scheduled, r.infrastructure_document_id, r.infrastructure_pid, r.bundle, r.created_by,
    (select row_to_json(s) from (
      select v.id, v.type, v.name, v.timestamp, v.message, v.data, v.state_details from flow_run_state_view v where v.id = r.state_id
    ) s) as state,
    r.job_variables, r.epoch, r.crash_count, r.worker_name, l.waiting_on,
    (select t.flow_run_id from task_run t where t.id = r.parent_task_run_id) as parent_flow_run_id
  from flow_run r
  left join work_queue q on q.id = r.work_queue_id
  left join work_pool p on p.id = q.work_pool_id
  left join flow_run_lease l on l.flow_run_id = r.id;

create view task_run_view as
  select
    t.id, t.created, t.updated, t.name, t.flow_run_id, t.task_key, t.dynamic_key, t.cache_key, t.cache_expiration, t.task_version,
    wire_task_run_policy(t.empirical_policy) as empirical_policy, t.tags,
    jsonb_strip_nulls(jsonb_build_object('prefect.flow-run.id', t.flow_run_id, 'prefect.flow.id',
      (select r.flow_id from flow_run r where r.id = t.flow_run_id))) || t.labels as labels, t.state_id, t.task_inputs, t.state_type, t.state_name, t.run_count, t.flow_run_run_count,
    t.expected_start_time, t.next_scheduled_start_time, t.start_time, t.end_time, t.total_run_time,
    run_seconds(t.total_run_time, t.state_type, t.state_timestamp) as estimated_run_time,
    run_lateness(t.start_time, t.expected_start_time, t.state_type) as estimated_start_time_delta,
    (select row_to_json(s) from (
      select v.id, v.type, v.name, v.timestamp, v.message, v.data, v.state_details from task_run_state_view v where v.id = t.state_id
    ) s) as state
  from task_run t;

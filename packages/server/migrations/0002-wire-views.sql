-- One view a noun: its row, made JSON by row_to_json, is the record on the wire. Filters and sorts name its columns.

create function wire_state_details(details jsonb) returns jsonb immutable parallel safe language sql as $$
  select '{"flow_run_id": null, "task_run_id": null, "child_flow_run_id": null, "scheduled_time": null, "cache_key": null,
    "cache_expiration": null, "deferred": null, "untrackable_result": false, "pause_timeout": null, "pause_reschedule": false,
    "pause_key": null, "run_input_keyset": null, "refresh_cache": null, "retriable": null, "transition_id": null,
    "task_parameters_id": null, "traceparent": null, "deployment_concurrency_lease_id": null}'::jsonb || details
$$;

create view flow_run_state_view as
  select id, type, name, timestamp, message, data, wire_state_details(state_details) as state_details, flow_run_id from flow_run_state;

create view task_run_state_view as
  select id, type, name, timestamp, message, data, wire_state_details(state_details) as state_details, task_run_id from task_run_state;

-- Seconds that a run has run, and by how many it started later than expected.
create function run_seconds(total double precision, state_type state_type, state_timestamp timestamptz) returns double precision
  stable parallel safe language sql as $$
  select total + case when state_type = 'RUNNING' then extract(epoch from now() - state_timestamp)::double precision else 0 end
$$;

create function run_lateness(start_time timestamptz, expected timestamptz, state_type state_type) returns double precision
  stable parallel safe language sql as $$
  select case
    when start_time > expected then extract(epoch from start_time - expected)::double precision
    when start_time is null and expected < now() and state_type not in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
      then extract(epoch from now() - expected)::double precision
    else 0
  end
$$;

create view flow_run_view as
  select
    r.id, r.created, r.updated, r.name, r.flow_id, r.state_id, r.deployment_id, r.deployment_version, r.work_queue_id,
    q.name as work_queue_name, p.id as work_pool_id, p.name as work_pool_name, r.flow_version, r.parameters, r.idempotency_key,
    r.context, r.empirical_policy, r.tags, r.labels, r.parent_task_run_id, r.state_type, r.state_name, r.run_count,
    r.expected_start_time, r.next_scheduled_start_time, r.start_time, r.end_time, r.total_run_time,
    run_seconds(r.total_run_time, r.state_type, r.state_timestamp) as estimated_run_time,
    run_lateness(r.start_time, r.expected_start_time, r.state_type) as estimated_start_time_delta,
    r.auto_scheduled, r.infrastructure_document_id, r.infrastructure_pid, r.created_by,
    (select row_to_json(s) from (
      select v.id, v.type, v.name, v.timestamp, v.message, v.data, v.state_details from flow_run_state_view v where v.id = r.state_id
    ) s) as state,
    r.job_variables, r.epoch, r.crash_count, r.worker_name, l.waiting_on,
    (select t.flow_run_id from task_run t where t.id = r.parent_task_run_id) as parent_flow_run_id
  from flow_run r
  left join work_queue q on q.id = r.work_queue_id
  left join work_pool p on p.id = q.work_pool_id
  left join flow_run_lease l on l.flow_run_id = r.id;

create view task_run_view as
  select
    t.id, t.created, t.updated, t.name, t.flow_run_id, t.task_key, t.dynamic_key, t.cache_key, t.cache_expiration, t.task_version,
    t.empirical_policy, t.tags, t.labels, t.state_id, t.task_inputs, t.state_type, t.state_name, t.run_count, t.flow_run_run_count,
    t.expected_start_time, t.next_scheduled_start_time, t.start_time, t.end_time, t.total_run_time,
    run_seconds(t.total_run_time, t.state_type, t.state_timestamp) as estimated_run_time,
    run_lateness(t.start_time, t.expected_start_time, t.state_type) as estimated_start_time_delta,
    (select row_to_json(s) from (
      select v.id, v.type, v.name, v.timestamp, v.message, v.data, v.state_details from task_run_state_view v where v.id = t.state_id
    ) s) as state
  from task_run t;

create view work_pool_view as
  select
    p.id, p.created, p.updated, p.name, p.description, p.type, p.base_job_template, p.is_paused, p.concurrency_limit,
    case
      when p.is_paused then 'PAUSED'
      when exists (select from worker w where w.work_pool_id = p.id and w.status = 'ONLINE') then 'READY'
      else 'NOT_READY'
    end as status,
    p.default_queue_id, p.storage_configuration,
    (select count(*)::integer from flow_run_lease l where l.work_pool_id = p.id and l.lent_at is null) as active_slots
  from work_pool p;

create view work_queue_view as
  select
    q.id, q.created, q.updated, q.name, q.description, q.is_paused, q.concurrency_limit, q.priority, q.work_pool_id,
    p.name as work_pool_name, q.filter, q.last_polled,
    case
      when q.is_paused then 'PAUSED'
      when q.last_polled > now() - interval '60 seconds' then 'READY'
      else 'NOT_READY'
    end as status,
    (select count(*)::integer from flow_run_lease l where l.work_queue_id = q.id and l.lent_at is null) as active_slots
  from work_queue q join work_pool p on p.id = q.work_pool_id;

create view worker_view as
  select
    w.id, w.created, w.updated, w.name, w.work_pool_id, w.last_heartbeat_time, w.heartbeat_interval_seconds, w.status,
    w.concurrency_limit,
    case when w.incarnation_id is not null then
      (select count(*)::integer from flow_run_lease l where l.worker_id = w.incarnation_id and l.lent_at is null)
    end as active_slots,
    w.host, w.pid
  from worker w;

create view deployment_view as
  select
    d.id, d.created, d.updated, d.name, d.version, d.description, d.flow_id, d.paused, '[]'::json as schedules, d.concurrency_limit,
    null::json as global_concurrency_limit, d.concurrency_options, d.job_variables, d.parameters, d.tags, d.labels,
    coalesce(q.name, d.work_queue_name) as work_queue_name, d.work_queue_id, p.name as work_pool_name, d.last_polled,
    d.parameter_openapi_schema, d.path, d.pull_steps, d.entrypoint, d.storage_document_id, d.infrastructure_document_id,
    d.created_by, d.updated_by,
    case when q.last_polled > now() - interval '60 seconds' then 'READY' else 'NOT_READY' end as status,
    d.enforce_parameter_schema, null::json as schedule, not d.paused as is_schedule_active, d.job_variables as infra_overrides,
    d.manifest_path
  from deployment d
  left join work_queue q on q.id = d.work_queue_id
  left join work_pool p on p.id = q.work_pool_id;

create view flow_view as select id, created, updated, name, tags, labels from flow;

create view concurrency_limit_view as
  select
    c.id, c.created, c.updated, c.active, c.name, c."limit",
    (select coalesce(sum(s.slots), 0)::integer from concurrency_slot s
      where s.concurrency_limit_id = c.id and (s.expires_at is null or s.expires_at > now())) as active_slots,
    c.slot_decay_per_second
  from concurrency_limit c;

create view tag_limit_view as
  select
    c.id, c.created, c.updated, substr(c.name, 5) as tag, c."limit" as concurrency_limit,
    array(select s.holder_id from concurrency_slot s
      where s.concurrency_limit_id = c.id and s.holder_id is not null and (s.expires_at is null or s.expires_at > now())
      order by s.granted, s.id) as active_slots
  from concurrency_limit c where starts_with(c.name, 'tag:');

create view log_view as
  select id, created, created as updated, name, level, message, timestamp, flow_run_id, task_run_id from log;

create view flow_run_event_view as
  select
    s.id, s.timestamp as occurred, s.timestamp as received, 'prefect.flow-run.' || s.name as event,
    'prefect.flow-run.' || s.flow_run_id as resource_id, s.flow_run_id as run_id,
    null::uuid as flow_run_id, r.flow_id, r.deployment_id, r.work_queue_id,
    jsonb_build_object(
      'prefect.resource.id', 'prefect.flow-run.' || s.flow_run_id, 'prefect.resource.name', r.name, 'prefect.run-count', r.run_count::text,
      'prefect.state-message', left(coalesce(s.message, ''), 100000), 'prefect.state-name', s.name,
      'prefect.state-timestamp', to_json(s.timestamp) #>> '{}', 'prefect.state-type', s.type) as resource,
    run_event_related(null, r.flow_id, r.deployment_id, r.work_queue_id, r.parent_task_run_id, r.tags, r.created_by) as related,
    (select json_build_object('intended', json_build_object('from', p.type, 'to', s.type), 'initial_state', state_in_event(p.type, p.name, p.message),
        'validated_state', state_in_event(s.type, s.name, s.message))
      from (select 1) one left join lateral (
        select b.type, b.name, b.message from flow_run_state b
        where b.flow_run_id = s.flow_run_id and (b.timestamp, b.id) < (s.timestamp, s.id) order by b.timestamp desc, b.id desc limit 1
      ) p on true) as payload,
    (select case when b.timestamp > s.timestamp - interval '5 minutes' then b.id end from flow_run_state b
      where b.flow_run_id = s.flow_run_id and (b.timestamp, b.id) < (s.timestamp, s.id) order by b.timestamp desc, b.id desc limit 1) as follows
  from flow_run_state s join flow_run r on r.id = s.flow_run_id;

-- States that a client has told of are events of their own, with the state's id.
create view task_run_event_view as
  select
    s.id, s.timestamp as occurred, s.timestamp as received, 'prefect.task-run.' || s.name as event,
    'prefect.task-run.' || s.task_run_id as resource_id, s.task_run_id as run_id,
    t.flow_run_id, r.flow_id, r.deployment_id, r.work_queue_id,
    jsonb_build_object(
      'prefect.resource.id', 'prefect.task-run.' || s.task_run_id, 'prefect.resource.name', t.name, 'prefect.run-count', t.run_count::text,
      'prefect.state-message', left(coalesce(s.message, ''), 100000), 'prefect.state-name', s.name,
      'prefect.state-timestamp', to_json(s.timestamp) #>> '{}', 'prefect.state-type', s.type, 'prefect.orchestration', 'server') as resource,
    run_event_related(t.flow_run_id, r.flow_id, r.deployment_id, r.work_queue_id, null, t.tags || coalesce(r.tags, '{}'), null) as related,
    (select json_build_object('intended', json_build_object('from', p.type, 'to', s.type), 'initial_state', state_in_event(p.type, p.name, p.message),
        'validated_state', state_in_event(s.type, s.name, s.message))
      from (select 1) one left join lateral (
        select b.type, b.name, b.message from task_run_state b
        where b.task_run_id = s.task_run_id and (b.timestamp, b.id) < (s.timestamp, s.id) order by b.timestamp desc, b.id desc limit 1
      ) p on true) as payload,
    (select case when b.timestamp > s.timestamp - interval '5 minutes' then b.id end from task_run_state b
      where b.task_run_id = s.task_run_id and (b.timestamp, b.id) < (s.timestamp, s.id) order by b.timestamp desc, b.id desc limit 1) as follows
  from task_run_state s join task_run t on t.id = s.task_run_id left join flow_run r on r.id = t.flow_run_id
  where not exists (select from event e where e.id = s.id);

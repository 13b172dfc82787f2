create view client_event_view as
  select
    e.id, e.occurred, e.received, e.event, e.resource_id, null::uuid as run_id, null::uuid as flow_run_id, null::uuid as flow_id,
    null::uuid as deployment_id, null::uuid as work_queue_id, e.resource, e.related, e.payload, e.follows, e.resource_ids
  from event e;

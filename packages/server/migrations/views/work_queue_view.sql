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

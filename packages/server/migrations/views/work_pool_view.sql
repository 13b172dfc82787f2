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

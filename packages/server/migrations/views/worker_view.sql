create view worker_view as
  select
    w.id, w.created, w.updated, w.name, w.work_pool_id, w.last_heartbeat_time, w.heartbeat_interval_seconds, w.status,
    w.concurrency_limit,
    case when w.incarnation_id is not null then
      (select count(*)::integer from flow_run_lease l where l.incarnation_id = w.incarnation_id and l.lent_at is null)
    end as active_slots,
    w.host, w.pid, w.version
  from worker w;

create view log_view as
  select id, created, created as updated, name, level, message, timestamp, flow_run_id, task_run_id from log;

create view task_run_state_view as
  select id, type, name, timestamp, message, data, wire_state_details(state_details) as state_details, task_run_id from task_run_state;

create view flow_run_state_view as
  select id, type, name, timestamp, message, data, wire_state_details(state_details) as state_details, flow_run_id from flow_run_state;

-- Lines are counted by level from the indexes alone.
create index log_at on log (timestamp, level);
create index log_of_run on log (flow_run_id, timestamp, level);
drop index log_timestamp;
drop index log_flow_run_id_timestamp_idx;

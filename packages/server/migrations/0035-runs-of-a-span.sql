-- Runs of a state in a span of time, in any order: what lists are sorted by stands in the index itself, so that it is read without the runs,
-- which are all over the table. COMPLETED runs pay nothing, as before.
drop index flow_run_not_completed;
create index flow_run_not_completed on flow_run (state_type, expected_start_time) include (start_time, id) where state_type <> 'COMPLETED';
drop index flow_run_state_named;
create index flow_run_state_named on flow_run (state_name, expected_start_time) include (start_time, id) where state_name <> 'Completed';

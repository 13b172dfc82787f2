-- What lists ask for that stands anywhere among a million ended runs: a tag, a state by its name, a run by its name.
-- Runs without tags, and those that are Completed, as most are, pay nothing. A search reads what waits to be sorted in: not much of it.
create index flow_run_tags on flow_run using gin (tags) with (gin_pending_list_limit = 256) where tags <> '{}';
create index flow_run_state_named on flow_run (state_name, id) where state_name <> 'Completed';
create index flow_run_name on flow_run (name);
-- Those that failed in a span of time, in whatever order they are listed.
drop index flow_run_not_completed;
create index flow_run_not_completed on flow_run (state_type, expected_start_time) where state_type <> 'COMPLETED';

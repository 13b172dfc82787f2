-- Made for a million ended runs (decisions/0018): what a page asks for reads no more rows than it shows.

-- How many runs have ended, by the hour in which they were expected: of all, and of each flow, deployment and queue (the scope). Each
-- transaction that ends, changes or deletes such runs adds rows of its own, and a service adds them up.
create table flow_run_count (
  scope_id uuid not null,
  hour timestamptz,
  is_subflow boolean not null,
  state_type state_type not null,
  state_name text not null,
  runs bigint not null,
  run_seconds numeric not null,
  late_seconds numeric not null,
  is_new boolean not null default true
);

create function count_ended_flow_runs() returns trigger language plpgsql as $$
begin
  insert into flow_run_count (scope_id, hour, is_subflow, state_type, state_name, runs, run_seconds, late_seconds)
  select scope_id, date_trunc('hour', r.expected_start_time, 'UTC'), r.parent_task_run_id is not null, r.state_type, r.state_name,
    tg_argv[0]::integer * count(*), tg_argv[0]::integer * sum(r.total_run_time::numeric),
    tg_argv[0]::integer * sum(coalesce(greatest(extract(epoch from r.start_time - r.expected_start_time), 0), 0))
  from changed r cross join unnest(array['00000000-0000-0000-0000-000000000000', r.flow_id, r.deployment_id, r.work_queue_id]) scope_id
  where r.state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') and scope_id is not null
  group by 1, 2, 3, 4, 5;
  return null;
end
$$;

create trigger flow_runs_made after insert on flow_run referencing new table as changed for each statement execute function count_ended_flow_runs('1');
create trigger flow_runs_were after update on flow_run referencing old table as changed for each statement execute function count_ended_flow_runs('-1');
create trigger flow_runs_are after update on flow_run referencing new table as changed for each statement execute function count_ended_flow_runs('1');
create trigger flow_runs_gone after delete on flow_run referencing old table as changed for each statement execute function count_ended_flow_runs('-1');

-- Those that have ended already.
insert into flow_run_count (scope_id, hour, is_subflow, state_type, state_name, runs, run_seconds, late_seconds)
select scope_id, date_trunc('hour', r.expected_start_time, 'UTC'), r.parent_task_run_id is not null, r.state_type, r.state_name,
  count(*), sum(r.total_run_time::numeric), sum(coalesce(greatest(extract(epoch from r.start_time - r.expected_start_time), 0), 0))
from flow_run r cross join unnest(array['00000000-0000-0000-0000-000000000000', r.flow_id, r.deployment_id, r.work_queue_id]) scope_id
where r.state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') and scope_id is not null
group by 1, 2, 3, 4, 5;

create index flow_run_count_key on flow_run_count (scope_id, hour);
create index flow_run_count_new on flow_run_count (scope_id, hour) where is_new;

-- The list by start time.
create index flow_run_started on flow_run ((coalesce(start_time, expected_start_time)));
create index flow_run_flow on flow_run (flow_id);
-- Lists and counts by state: of a million runs all but a few are COMPLETED, and those cost nothing here.
create index flow_run_not_completed on flow_run (state_type, id) where state_type <> 'COMPLETED';
drop index flow_run_open;
create index task_run_expected on task_run (expected_start_time);
-- Lines of all runs in the order of time, which a BRIN index cannot tell.
create index log_timestamp on log (timestamp);
drop index log_timestamp_idx;

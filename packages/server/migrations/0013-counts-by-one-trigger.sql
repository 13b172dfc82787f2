-- One trigger a statement, which looks first whether any run of it has ended: of ten statements nine have none.
drop trigger flow_runs_made on flow_run;
drop trigger flow_runs_were on flow_run;
drop trigger flow_runs_are on flow_run;
drop trigger flow_runs_gone on flow_run;
drop function count_ended_flow_runs;

create function count_ended_flow_runs() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    if exists (select from were where state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')) then
      insert into flow_run_count (scope_id, hour, is_subflow, state_type, state_name, runs, run_seconds, late_seconds)
      select scope_id, date_trunc('hour', r.expected_start_time, 'UTC'), r.parent_task_run_id is not null, r.state_type, r.state_name,
        -count(*), -sum(r.total_run_time::numeric), -sum(coalesce(greatest(extract(epoch from r.start_time - r.expected_start_time), 0), 0))
      from were r cross join unnest(array['00000000-0000-0000-0000-000000000000', r.flow_id, r.deployment_id, r.work_queue_id]) scope_id
      where r.state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') and scope_id is not null
      group by 1, 2, 3, 4, 5;
    end if;
  end if;
  if tg_op <> 'DELETE' then
    if exists (select from are where state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')) then
      insert into flow_run_count (scope_id, hour, is_subflow, state_type, state_name, runs, run_seconds, late_seconds)
      select scope_id, date_trunc('hour', r.expected_start_time, 'UTC'), r.parent_task_run_id is not null, r.state_type, r.state_name,
        count(*), sum(r.total_run_time::numeric), sum(coalesce(greatest(extract(epoch from r.start_time - r.expected_start_time), 0), 0))
      from are r cross join unnest(array['00000000-0000-0000-0000-000000000000', r.flow_id, r.deployment_id, r.work_queue_id]) scope_id
      where r.state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') and scope_id is not null
      group by 1, 2, 3, 4, 5;
    end if;
  end if;
  return null;
end
$$;

create trigger flow_runs_made after insert on flow_run referencing new table as are for each statement execute function count_ended_flow_runs();
create trigger flow_runs_changed after update on flow_run referencing old table as were new table as are for each statement execute function count_ended_flow_runs();
create trigger flow_runs_gone after delete on flow_run referencing old table as were for each statement execute function count_ended_flow_runs();

-- A lease ends with its run, not with the place the run came from: a running run whose pool, queue or deployment was deleted is
-- still its worker's, and must still be noticed when that worker dies.
alter table flow_run_lease
  drop constraint flow_run_lease_work_pool_id_fkey,
  drop constraint flow_run_lease_work_queue_id_fkey,
  drop constraint flow_run_lease_deployment_id_fkey,
  add constraint flow_run_lease_work_pool_id_fkey foreign key (work_pool_id) references work_pool on delete set null,
  add constraint flow_run_lease_work_queue_id_fkey foreign key (work_queue_id) references work_queue on delete set null,
  add constraint flow_run_lease_deployment_id_fkey foreign key (deployment_id) references deployment on delete set null;

-- Whether a run that has lent its slots has nothing left to wait for but them: all runs it waited for have ended, or are gone.
create function wants_back(waiting_on json) returns boolean stable parallel safe language sql as $$
  select not exists (
    select from json_array_elements_text(waiting_on -> 'flow_runs') awaited join flow_run r on r.id = awaited::uuid
    where r.state_type is null or r.state_type not in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
  )
$$;

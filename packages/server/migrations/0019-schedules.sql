-- Schedules of deployments. `due`: when the scheduler has to look at one again; `scheduled_until`: the last time that it has made a run for.
create table deployment_schedule (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  deployment_id uuid not null references deployment (id) on delete cascade,
  schedule json not null,
  active boolean not null default true,
  max_scheduled_runs integer check (max_scheduled_runs > 0),
  parameters json not null default '{}',
  slug text,
  due timestamptz not null default now(),
  scheduled_until timestamptz,
  unique (deployment_id, slug)
);
create index deployment_schedule_due on deployment_schedule (due) where active;
-- What a change of a schedule replaces.
create index flow_run_auto_scheduled on flow_run (deployment_id) where auto_scheduled and state_type = 'SCHEDULED';

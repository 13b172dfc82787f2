-- What is done about times of a schedule that passed while no server planned them, or while it was off: a run for each, for the newest, or none.
alter table deployment_schedule add column catchup text not null default 'none' check (catchup in ('all', 'last', 'none'));
-- Nothing is missing up to here: each time has had its run, or needs none.
alter table deployment_schedule add column covered_until timestamptz not null default now();

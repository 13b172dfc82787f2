-- The slot of a deployment that a run of Prefect's own clients holds ends by itself, unless its client prolongs it: a run whose process
-- never came, or died, keeps nobody out for ever. A claimed run's slot is under its lease, and has none of these.
alter table flow_run_lease add column deployment_lease_id uuid;
-- How long it is kept when it is prolonged by a state.
alter table flow_run_lease add column deployment_seconds integer;
-- Null: as long as the run.
alter table flow_run_lease add column deployment_until timestamptz;
create index flow_run_lease_deployment_until on flow_run_lease (deployment_until) where deployment_until is not null;
create index flow_run_lease_deployment_lease on flow_run_lease (deployment_lease_id) where deployment_lease_id is not null;

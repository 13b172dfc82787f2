-- What it has always been: the worker's life that holds the lease, which is `worker.incarnation_id`, and not the worker.
alter table flow_run_lease rename column worker_id to incarnation_id;
alter index flow_run_lease_worker_id_idx rename to flow_run_lease_incarnation_id_idx;

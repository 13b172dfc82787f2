create view artifact_view as
  select id, created, updated, key, type, description, data, metadata_, flow_run_id, task_run_id from artifact;

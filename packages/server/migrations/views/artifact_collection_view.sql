create view artifact_collection_view as
  select c.id, c.created, c.updated, c.key, c.latest_id, a.type, a.description, a.data, a.metadata_, a.flow_run_id, a.task_run_id
  from artifact_collection c join artifact a on a.id = c.latest_id;

create view deployment_schedule_view as
  select s.id, s.created, s.updated, s.deployment_id, s.schedule, s.active, s.max_scheduled_runs, s.parameters, s.slug, s.catchup
  from deployment_schedule s;

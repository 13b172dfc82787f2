create view automation_view as
  select id, created, updated, name, description, enabled, tags, trigger, actions, actions_on_trigger, actions_on_resolve from automation;

create view flow_run_notification_policy_view as
  select id, created, updated, is_active, state_names, tags, block_document_id, message_template from flow_run_notification_policy;

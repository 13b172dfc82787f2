create function wire_flow_run_policy(policy json) returns jsonb immutable parallel safe language sql as $$
  select '{"max_retries": 0, "retry_delay_seconds": 0, "retries": null, "retry_delay": null, "pause_keys": [], "resuming": false, "retry_type": null}'::jsonb
    || policy::jsonb
$$;

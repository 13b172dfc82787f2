create function wire_task_run_policy(policy json) returns jsonb immutable parallel safe language sql as $$
  select '{"max_retries": 0, "retry_delay_seconds": 0, "retries": null, "retry_delay": null, "retry_jitter_factor": null}'::jsonb
    || policy::jsonb
$$;

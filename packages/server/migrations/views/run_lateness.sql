-- By how many seconds a run started, or has not started, later than expected.
create function run_lateness(start_time timestamptz, expected timestamptz, state_type state_type) returns double precision
  stable parallel safe language sql as $$
  select case
    when start_time > expected then extract(epoch from start_time - expected)::double precision
    when start_time is null and expected < now() and state_type not in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
      then extract(epoch from now() - expected)::double precision
    else 0
  end
$$;

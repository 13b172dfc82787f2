-- Seconds that a run has run.
create function run_seconds(total double precision, state_type state_type, state_timestamp timestamptz) returns double precision
  stable parallel safe language sql as $$
  select total + case when state_type = 'RUNNING' then extract(epoch from now() - state_timestamp)::double precision else 0 end
$$;

-- What flow runs are told while they run, or wait: each takes it by its key.
create table flow_run_input (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  flow_run_id uuid not null references flow_run on delete cascade,
  key text not null,
  value text not null,
  sender text,
  unique (flow_run_id, key)
);

-- COMPLETED states of task runs by the key of what they computed: a task that is to run with such a key is given that state. A key may
-- be longer than an index can hold.
create table task_run_state_cache (
  task_run_state_id uuid primary key references task_run_state on delete cascade,
  cache_key text not null,
  cache_expiration timestamptz
);
create index task_run_state_cache_key on task_run_state_cache (md5(cache_key));
create index task_run_state_cache_expiration on task_run_state_cache (cache_expiration) where cache_expiration is not null;

-- Records carry the names of the wire: what stands here is what an API client reads.
-- Ids are UUIDv7 made by the server or its clients; instants come from the database's clock, read once a transaction.

create table flow (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null unique,
  tags text[] not null default '{}',
  labels jsonb not null default '{}'
);

create table work_pool (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null unique,
  description text,
  type text not null,
  base_job_template json not null default '{}',
  is_paused boolean not null default false,
  concurrency_limit integer check (concurrency_limit >= 0),
  default_queue_id uuid,
  storage_configuration json not null default '{}'
);

create table work_queue (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  description text,
  is_paused boolean not null default false,
  concurrency_limit integer check (concurrency_limit >= 0),
  priority integer not null check (priority >= 1),
  work_pool_id uuid not null references work_pool on delete cascade,
  filter json,
  last_polled timestamptz,
  unique (work_pool_id, name),
  unique (work_pool_id, priority) deferrable initially deferred
);

create table worker (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  work_pool_id uuid not null references work_pool on delete cascade,
  last_heartbeat_time timestamptz not null,
  heartbeat_interval_seconds double precision,
  status text not null check (status in ('ONLINE', 'OFFLINE')),
  -- One life of a Sluice worker: a restarted worker has another one, so it never waits for its own old slots.
  incarnation_id uuid,
  concurrency_limit integer,
  host text,
  pid integer,
  unique (work_pool_id, name)
);

create table deployment (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  version text,
  description text,
  flow_id uuid not null references flow on delete cascade,
  paused boolean not null default false,
  concurrency_limit integer check (concurrency_limit >= 0),
  concurrency_options json,
  job_variables json not null default '{}',
  parameters json not null default '{}',
  tags text[] not null default '{}',
  labels jsonb not null default '{}',
  work_queue_id uuid references work_queue on delete set null,
  work_queue_name text,
  last_polled timestamptz,
  parameter_openapi_schema json,
  path text,
  pull_steps json,
  entrypoint text,
  manifest_path text,
  storage_document_id uuid,
  infrastructure_document_id uuid,
  created_by json,
  updated_by json,
  enforce_parameter_schema boolean not null default true,
  unique (flow_id, name)
);
create index on deployment (work_queue_id);

create domain state_type as text check (
  value in ('SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', 'PAUSED', 'CANCELLING')
);

create table flow_run (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  flow_id uuid not null references flow on delete cascade,
  deployment_id uuid references deployment on delete set null,
  deployment_version text,
  work_queue_id uuid references work_queue on delete set null,
  flow_version text,
  parameters json not null default '{}',
  idempotency_key text,
  context json not null default '{}',
  empirical_policy json not null default '{}',
  tags text[] not null default '{}',
  labels jsonb not null default '{}',
  parent_task_run_id uuid,
  state_id uuid,
  state_type state_type,
  state_name text,
  state_timestamp timestamptz,
  run_count integer not null default 0,
  expected_start_time timestamptz,
  next_scheduled_start_time timestamptz,
  start_time timestamptz,
  end_time timestamptz,
  total_run_time double precision not null default 0,
  auto_scheduled boolean not null default false,
  infrastructure_document_id uuid,
  infrastructure_pid text,
  created_by json,
  job_variables json,
  epoch integer not null default 0,
  crash_count integer not null default 0,
  worker_name text
) with (fillfactor = 70);
create unique index flow_run_idempotency on flow_run (flow_id, idempotency_key) where idempotency_key is not null;
create index flow_run_due on flow_run (work_queue_id, next_scheduled_start_time) where state_type = 'SCHEDULED';
create index flow_run_open on flow_run (state_type) where state_type not in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', 'SCHEDULED');
create index flow_run_expected on flow_run (expected_start_time);
create index flow_run_deployment on flow_run (deployment_id);
create index flow_run_parent on flow_run (parent_task_run_id) where parent_task_run_id is not null;
create index flow_run_ended on flow_run (end_time) where end_time is not null;

create table flow_run_state (
  id uuid primary key,
  flow_run_id uuid not null references flow_run on delete cascade,
  type state_type not null,
  name text not null,
  timestamp timestamptz not null,
  message text,
  data json,
  state_details jsonb not null default '{}',
  -- Who wrote it: the epoch of the lease's holder, null for everybody else.
  epoch integer
);
create index on flow_run_state (flow_run_id, timestamp);

create table task_run (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  flow_run_id uuid references flow_run on delete cascade,
  task_key text not null,
  dynamic_key text not null,
  cache_key text,
  cache_expiration timestamptz,
  task_version text,
  empirical_policy json not null default '{}',
  tags text[] not null default '{}',
  labels jsonb not null default '{}',
  task_inputs json not null default '{}',
  state_id uuid,
  state_type state_type,
  state_name text,
  state_timestamp timestamptz,
  run_count integer not null default 0,
  flow_run_run_count integer not null default 0,
  expected_start_time timestamptz,
  next_scheduled_start_time timestamptz,
  start_time timestamptz,
  end_time timestamptz,
  total_run_time double precision not null default 0
) with (fillfactor = 70);
create unique index task_run_keys on task_run (flow_run_id, task_key, dynamic_key);

create table task_run_state (
  id uuid primary key,
  task_run_id uuid not null references task_run on delete cascade,
  type state_type not null,
  name text not null,
  timestamp timestamptz not null,
  message text,
  data json,
  state_details jsonb not null default '{}',
  epoch integer
);
create index on task_run_state (task_run_id, timestamp);

-- The slots that a flow run holds of its pool, queue, deployment and worker are this one row; slots in use are counted from such
-- rows and stand nowhere else. Under a Sluice worker it is a lease: it ends at expires_at unless a beat prolongs it. A Prefect
-- worker's run has no worker_id and no expiry: it ends when the run's state does.
create table flow_run_lease (
  flow_run_id uuid primary key references flow_run on delete cascade,
  epoch integer not null,
  work_pool_id uuid references work_pool on delete cascade,
  work_queue_id uuid references work_queue on delete cascade,
  deployment_id uuid references deployment on delete cascade,
  -- The worker's incarnation.
  worker_id uuid,
  granted timestamptz not null,
  expires_at timestamptz,
  -- While the run only waits, its slots of worker, pool and queue are lent to others; the deployment's is kept.
  lent_at timestamptz,
  waiting_on json
);
create index on flow_run_lease (work_pool_id);
create index on flow_run_lease (worker_id);
create index on flow_run_lease (deployment_id) where deployment_id is not null;
create index on flow_run_lease (expires_at) where expires_at is not null;

create table concurrency_limit (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null unique,
  "limit" integer not null check ("limit" >= 0),
  active boolean not null default true,
  slot_decay_per_second double precision not null default 0,
  -- Grows with every lease: a fencing token for what the limit guards.
  token bigint not null default 0
);

-- Slots taken of a limit. With flow_run_id they end with that run's lease; with expires_at at that time; else when given back.
create table concurrency_slot (
  id uuid primary key,
  concurrency_limit_id uuid not null references concurrency_limit on delete cascade,
  lease_id uuid not null,
  slots integer not null check (slots > 0),
  granted timestamptz not null,
  expires_at timestamptz,
  holder_type text,
  holder_id uuid,
  flow_run_id uuid,
  epoch integer
);
create index on concurrency_slot (concurrency_limit_id);
create index on concurrency_slot (lease_id);
create index on concurrency_slot (holder_id) where holder_id is not null;
create index on concurrency_slot (flow_run_id) where flow_run_id is not null;
create index on concurrency_slot (expires_at) where expires_at is not null;

-- The value of a COMPLETED state, kept apart so that lists of states stay light. Its id is the state's.
create table result (
  id uuid primary key,
  created timestamptz not null,
  flow_run_id uuid references flow_run on delete cascade,
  value json not null
);
create index on result (flow_run_id);

create table log (
  id uuid primary key,
  created timestamptz not null,
  name text not null,
  level integer not null,
  message text not null,
  timestamp timestamptz not null,
  flow_run_id uuid,
  task_run_id uuid
);
create index on log (flow_run_id, timestamp);
create index on log using brin (timestamp);

-- How far a run is; worth nothing after a crash, so not logged.
create unlogged table progress (
  flow_run_id uuid primary key,
  label text not null,
  done double precision not null,
  total double precision,
  updated timestamptz not null
);

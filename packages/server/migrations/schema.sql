-- The tables as all migrations leave them, to be read: no server runs this. The wire's views are in views/.
-- npx vitest run packages/server/src/db/schema.test.ts -u writes it.

create domain state_type as text CHECK ((VALUE = ANY (ARRAY['SCHEDULED'::text, 'PENDING'::text, 'RUNNING'::text, 'COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text, 'CRASHED'::text, 'PAUSED'::text, 'CANCELLING'::text])));

create table artifact (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  key text,
  type text,
  description text,
  data json,
  metadata_ json,
  flow_run_id uuid,
  task_run_id uuid,
  constraint artifact_pkey PRIMARY KEY (id)
);

create table artifact_collection (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  key text not null,
  latest_id uuid not null,
  constraint artifact_collection_pkey PRIMARY KEY (id)
);

create table automation (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  description text default ''::text not null,
  enabled boolean default true not null,
  tags text[] default '{}'::text[] not null,
  trigger json not null,
  actions json default '[]'::json not null,
  actions_on_trigger json default '[]'::json not null,
  actions_on_resolve json default '[]'::json not null,
  owner_resource text,
  related_resources text[] default '{}'::text[] not null,
  constraint automation_pkey PRIMARY KEY (id)
);

create table automation_action (
  id uuid not null,
  created timestamp with time zone not null,
  automation_id uuid not null,
  index integer not null,
  action json not null,
  firing json not null,
  run_at timestamp with time zone not null,
  tries integer default 0 not null,
  constraint automation_action_pkey PRIMARY KEY (id)
);

create table automation_bucket (
  automation_id uuid not null,
  trigger_id uuid not null,
  key text not null,
  count integer not null,
  starts timestamp with time zone not null,
  ends timestamp with time zone not null,
  last_event json,
  triggered_at timestamp with time zone,
  constraint automation_bucket_pkey PRIMARY KEY (automation_id, trigger_id, key)
);

create table automation_part (
  automation_id uuid not null,
  parent_id uuid not null,
  trigger_id uuid not null,
  fired timestamp with time zone not null,
  firing json not null,
  constraint automation_part_pkey PRIMARY KEY (automation_id, parent_id, trigger_id)
);

create table automation_reader (
  id integer not null,
  "position" text,
  constraint automation_reader_pkey PRIMARY KEY (id)
);

create table block_document (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  is_anonymous boolean not null,
  block_type_id uuid not null,
  block_schema_id uuid not null,
  key_id text not null,
  sealed text not null,
  constraint block_document_pkey PRIMARY KEY (id)
);

create table block_document_reference (
  parent_block_document_id uuid not null,
  name text not null,
  block_document_id uuid not null,
  constraint block_document_reference_pkey PRIMARY KEY (parent_block_document_id, name)
);

create table block_schema (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  block_type_id uuid not null,
  checksum text not null,
  version text not null,
  fields json not null,
  capabilities text[] not null,
  constraint block_schema_pkey PRIMARY KEY (id)
);

create table block_type (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  slug text not null,
  logo_url text,
  documentation_url text,
  description text,
  code_example text,
  is_protected boolean not null,
  constraint block_type_pkey PRIMARY KEY (id)
);

create table bundle (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  bytes bigint not null,
  unpacked_bytes bigint not null,
  files integer not null,
  chunks integer not null,
  checked timestamp with time zone,
  constraint bundle_pkey PRIMARY KEY (id)
);

create table bundle_chunk (
  bundle_id uuid not null,
  index integer not null,
  data bytea not null,
  constraint bundle_chunk_pkey PRIMARY KEY (bundle_id, index)
);

create table concurrency_limit (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  "limit" integer not null,
  active boolean default true not null,
  slot_decay_per_second double precision default 0 not null,
  token bigint default 0 not null,
  constraint concurrency_limit_limit_check CHECK (("limit" >= 0)),
  constraint concurrency_limit_name_key UNIQUE (name),
  constraint concurrency_limit_pkey PRIMARY KEY (id)
);

create table concurrency_slot (
  id uuid not null,
  concurrency_limit_id uuid not null,
  lease_id uuid not null,
  slots integer not null,
  granted timestamp with time zone not null,
  expires_at timestamp with time zone,
  holder_type text,
  holder_id uuid,
  flow_run_id uuid,
  epoch integer,
  unit text,
  told uuid,
  constraint concurrency_slot_pkey PRIMARY KEY (id),
  constraint concurrency_slot_slots_check CHECK ((slots > 0))
);

create table default_result_storage (
  is_only boolean not null,
  block_document_id uuid not null,
  constraint default_result_storage_is_only_check CHECK (is_only),
  constraint default_result_storage_pkey PRIMARY KEY (is_only)
);

create table deployment (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  version text,
  description text,
  flow_id uuid not null,
  paused boolean default false not null,
  concurrency_limit integer,
  concurrency_options json,
  job_variables json default '{}'::json not null,
  parameters json default '{}'::json not null,
  tags text[] default '{}'::text[] not null,
  labels jsonb default '{}'::jsonb not null,
  work_queue_id uuid,
  work_queue_name text,
  last_polled timestamp with time zone,
  parameter_openapi_schema json,
  path text,
  pull_steps json,
  entrypoint text,
  manifest_path text,
  storage_document_id uuid,
  infrastructure_document_id uuid,
  created_by json,
  updated_by json,
  enforce_parameter_schema boolean default true not null,
  bundle text,
  bundle_folder text,
  told_status text default 'NOT_READY'::text not null,
  constraint deployment_concurrency_limit_check CHECK ((concurrency_limit >= 0)),
  constraint deployment_flow_id_name_key UNIQUE (flow_id, name),
  constraint deployment_pkey PRIMARY KEY (id)
);

create table deployment_schedule (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  deployment_id uuid not null,
  schedule json not null,
  active boolean default true not null,
  max_scheduled_runs integer,
  parameters json default '{}'::json not null,
  slug text,
  due timestamp with time zone default now() not null,
  scheduled_until timestamp with time zone,
  catchup text default 'none'::text not null,
  covered_until timestamp with time zone default now() not null,
  constraint deployment_schedule_catchup_check CHECK ((catchup = ANY (ARRAY['all'::text, 'last'::text, 'none'::text]))),
  constraint deployment_schedule_deployment_id_slug_key UNIQUE (deployment_id, slug),
  constraint deployment_schedule_max_scheduled_runs_check CHECK ((max_scheduled_runs > 0)),
  constraint deployment_schedule_pkey PRIMARY KEY (id)
);

create table deployment_version (
  deployment_id uuid not null,
  bundle text not null,
  updated timestamp with time zone not null,
  version text,
  entrypoint text,
  bundle_folder text,
  constraint deployment_version_pkey PRIMARY KEY (deployment_id, bundle)
);

create table event (
  id uuid not null,
  occurred timestamp with time zone not null,
  received timestamp with time zone default clock_timestamp() not null,
  event text not null,
  resource_id text not null,
  resource jsonb not null,
  related jsonb default '[]'::jsonb not null,
  payload json default '{}'::json not null,
  follows uuid,
  resource_ids text[] not null,
  record_at timestamp with time zone,
  xid xid8 default pg_current_xact_id() not null,
  constraint event_pkey PRIMARY KEY (id)
);

create table flow (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  tags text[] default '{}'::text[] not null,
  labels jsonb default '{}'::jsonb not null,
  constraint flow_name_key UNIQUE (name),
  constraint flow_pkey PRIMARY KEY (id)
);

create table flow_run (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  flow_id uuid not null,
  deployment_id uuid,
  deployment_version text,
  work_queue_id uuid,
  flow_version text,
  parameters json default '{}'::json not null,
  idempotency_key text,
  context json default '{}'::json not null,
  empirical_policy json default '{}'::json not null,
  tags text[] default '{}'::text[] not null,
  labels jsonb default '{}'::jsonb not null,
  parent_task_run_id uuid,
  state_id uuid,
  state_type state_type,
  state_name text,
  state_timestamp timestamp with time zone,
  run_count integer default 0 not null,
  expected_start_time timestamp with time zone,
  next_scheduled_start_time timestamp with time zone,
  start_time timestamp with time zone,
  end_time timestamp with time zone,
  total_run_time double precision default 0 not null,
  auto_scheduled boolean default false not null,
  infrastructure_document_id uuid,
  infrastructure_pid text,
  created_by json,
  job_variables json,
  epoch integer default 0 not null,
  crash_count integer default 0 not null,
  worker_name text,
  bundle text,
  constraint flow_run_pkey PRIMARY KEY (id)
) with (fillfactor=70);

create table flow_run_count (
  scope_id uuid not null,
  hour timestamp with time zone,
  is_subflow boolean not null,
  state_type state_type not null,
  state_name text not null,
  runs bigint not null,
  run_seconds numeric not null,
  late_seconds numeric not null,
  is_new boolean default true not null
);

create table flow_run_input (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  flow_run_id uuid not null,
  key text not null,
  value text not null,
  sender text,
  constraint flow_run_input_flow_run_id_key_key UNIQUE (flow_run_id, key),
  constraint flow_run_input_pkey PRIMARY KEY (id)
);

create table flow_run_lease (
  flow_run_id uuid not null,
  epoch integer not null,
  work_pool_id uuid,
  work_queue_id uuid,
  deployment_id uuid,
  incarnation_id uuid,
  granted timestamp with time zone not null,
  expires_at timestamp with time zone,
  lent_at timestamp with time zone,
  waiting_on json,
  deployment_lease_id uuid,
  deployment_seconds integer,
  deployment_until timestamp with time zone,
  constraint flow_run_lease_pkey PRIMARY KEY (flow_run_id)
);

create table flow_run_notification_policy (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  is_active boolean not null,
  state_names text[] not null,
  tags text[] not null,
  block_document_id uuid not null,
  message_template text,
  constraint flow_run_notification_policy_pkey PRIMARY KEY (id)
);

create table flow_run_state (
  id uuid not null,
  flow_run_id uuid not null,
  type state_type not null,
  name text not null,
  "timestamp" timestamp with time zone not null,
  message text,
  data json,
  state_details jsonb default '{}'::jsonb not null,
  epoch integer,
  xid xid8 default pg_current_xact_id(),
  constraint flow_run_state_pkey PRIMARY KEY (id)
);

create table log (
  id uuid not null,
  created timestamp with time zone not null,
  name text not null,
  level integer not null,
  message text not null,
  "timestamp" timestamp with time zone not null,
  flow_run_id uuid,
  task_run_id uuid,
  xid xid8 default pg_current_xact_id(),
  constraint log_pkey PRIMARY KEY (id)
);

create table migration (
  name text not null,
  checksum text not null,
  applied timestamp with time zone not null,
  constraint migration_pkey PRIMARY KEY (name)
);

create unlogged table progress (
  flow_run_id uuid not null,
  label text not null,
  done double precision not null,
  total double precision,
  updated timestamp with time zone not null,
  constraint progress_pkey PRIMARY KEY (flow_run_id)
);

create table result (
  id uuid not null,
  created timestamp with time zone not null,
  flow_run_id uuid,
  value json not null,
  constraint result_pkey PRIMARY KEY (id)
);

create table saved_search (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  filters json not null,
  constraint saved_search_pkey PRIMARY KEY (id)
);

create table source (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  kind text not null,
  host text,
  database text,
  set timestamp with time zone not null,
  set_by text,
  key_id text not null,
  sealed text not null,
  constraint source_pkey PRIMARY KEY (id)
);

create table table_load (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  load_id text not null,
  warehouse text not null,
  "table" text not null,
  source text,
  source_table text,
  rows_read bigint not null,
  rows_loaded bigint not null,
  rows_quarantined bigint not null,
  bytes bigint not null,
  seconds double precision not null,
  verify text not null,
  verified boolean not null,
  committed timestamp with time zone not null,
  replay_of text,
  flow_run_id uuid not null,
  deployment_id uuid,
  worker_name text,
  parameters json,
  details json,
  constraint table_load_load_id_key UNIQUE (load_id),
  constraint table_load_pkey PRIMARY KEY (id)
);

create table task_run (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  flow_run_id uuid,
  task_key text not null,
  dynamic_key text not null,
  cache_key text,
  cache_expiration timestamp with time zone,
  task_version text,
  empirical_policy json default '{}'::json not null,
  tags text[] default '{}'::text[] not null,
  labels jsonb default '{}'::jsonb not null,
  task_inputs json default '{}'::json not null,
  state_id uuid,
  state_type state_type,
  state_name text,
  state_timestamp timestamp with time zone,
  run_count integer default 0 not null,
  flow_run_run_count integer default 0 not null,
  expected_start_time timestamp with time zone,
  next_scheduled_start_time timestamp with time zone,
  start_time timestamp with time zone,
  end_time timestamp with time zone,
  total_run_time double precision default 0 not null,
  recorded boolean default false not null,
  constraint task_run_pkey PRIMARY KEY (id)
) with (fillfactor=70);

create table task_run_delivery (
  task_run_id uuid not null,
  state_id uuid not null,
  client_id text not null,
  expires_at timestamp with time zone,
  constraint task_run_delivery_pkey PRIMARY KEY (task_run_id)
);

create table task_run_state (
  id uuid not null,
  task_run_id uuid not null,
  type state_type not null,
  name text not null,
  "timestamp" timestamp with time zone not null,
  message text,
  data json,
  state_details jsonb default '{}'::jsonb not null,
  epoch integer,
  xid xid8 default pg_current_xact_id(),
  constraint task_run_state_pkey PRIMARY KEY (id)
);

create table task_run_state_cache (
  task_run_state_id uuid not null,
  cache_key text not null,
  cache_expiration timestamp with time zone,
  constraint task_run_state_cache_pkey PRIMARY KEY (task_run_state_id)
);

create table variable (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  value json not null,
  tags text[] not null,
  constraint variable_pkey PRIMARY KEY (id)
);

create unlogged table wait_note (
  id uuid not null,
  server_id uuid not null,
  flow_run_id uuid,
  within text[] not null,
  flow_run_ids uuid[],
  limit_names text[] default '{}'::text[] not null,
  slots integer default 0 not null,
  since timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint wait_note_pkey PRIMARY KEY (id)
);

create table work_pool (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  description text,
  type text not null,
  base_job_template json default '{}'::json not null,
  is_paused boolean default false not null,
  concurrency_limit integer,
  default_queue_id uuid,
  storage_configuration json default '{}'::json not null,
  told_status text default 'NOT_READY'::text not null,
  constraint work_pool_concurrency_limit_check CHECK ((concurrency_limit >= 0)),
  constraint work_pool_name_key UNIQUE (name),
  constraint work_pool_pkey PRIMARY KEY (id)
);

create table work_queue (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  description text,
  is_paused boolean default false not null,
  concurrency_limit integer,
  priority integer not null,
  work_pool_id uuid not null,
  filter json,
  last_polled timestamp with time zone,
  told_status text default 'NOT_READY'::text not null,
  constraint work_queue_concurrency_limit_check CHECK ((concurrency_limit >= 0)),
  constraint work_queue_pkey PRIMARY KEY (id),
  constraint work_queue_priority_check CHECK ((priority >= 1)),
  constraint work_queue_work_pool_id_name_key UNIQUE (work_pool_id, name),
  constraint work_queue_work_pool_id_priority_key UNIQUE (work_pool_id, priority) DEFERRABLE INITIALLY DEFERRED
);

create table worker (
  id uuid not null,
  created timestamp with time zone not null,
  updated timestamp with time zone not null,
  name text not null,
  work_pool_id uuid not null,
  last_heartbeat_time timestamp with time zone not null,
  heartbeat_interval_seconds double precision,
  status text not null,
  incarnation_id uuid,
  concurrency_limit integer,
  host text,
  pid integer,
  queues text[] default '{}'::text[] not null,
  version text,
  constraint worker_pkey PRIMARY KEY (id),
  constraint worker_status_check CHECK ((status = ANY (ARRAY['ONLINE'::text, 'OFFLINE'::text]))),
  constraint worker_work_pool_id_name_key UNIQUE (work_pool_id, name)
);

alter table artifact_collection add constraint artifact_collection_latest_id_fkey FOREIGN KEY (latest_id) REFERENCES artifact(id);
alter table automation_bucket add constraint automation_bucket_automation_id_fkey FOREIGN KEY (automation_id) REFERENCES automation(id) ON DELETE CASCADE;
alter table automation_part add constraint automation_part_automation_id_fkey FOREIGN KEY (automation_id) REFERENCES automation(id) ON DELETE CASCADE;
alter table block_document add constraint block_document_block_schema_id_fkey FOREIGN KEY (block_schema_id) REFERENCES block_schema(id) ON DELETE CASCADE;
alter table block_document add constraint block_document_block_type_id_fkey FOREIGN KEY (block_type_id) REFERENCES block_type(id) ON DELETE CASCADE;
alter table block_document_reference add constraint block_document_reference_block_document_id_fkey FOREIGN KEY (block_document_id) REFERENCES block_document(id) ON DELETE CASCADE;
alter table block_document_reference add constraint block_document_reference_parent_block_document_id_fkey FOREIGN KEY (parent_block_document_id) REFERENCES block_document(id) ON DELETE CASCADE;
alter table block_schema add constraint block_schema_block_type_id_fkey FOREIGN KEY (block_type_id) REFERENCES block_type(id) ON DELETE CASCADE;
alter table bundle_chunk add constraint bundle_chunk_bundle_id_fkey FOREIGN KEY (bundle_id) REFERENCES bundle(id) ON DELETE CASCADE;
alter table concurrency_slot add constraint concurrency_slot_concurrency_limit_id_fkey FOREIGN KEY (concurrency_limit_id) REFERENCES concurrency_limit(id) ON DELETE CASCADE;
alter table default_result_storage add constraint default_result_storage_block_document_id_fkey FOREIGN KEY (block_document_id) REFERENCES block_document(id) ON DELETE CASCADE;
alter table deployment add constraint deployment_flow_id_fkey FOREIGN KEY (flow_id) REFERENCES flow(id) ON DELETE CASCADE;
alter table deployment add constraint deployment_work_queue_id_fkey FOREIGN KEY (work_queue_id) REFERENCES work_queue(id) ON DELETE SET NULL;
alter table deployment_schedule add constraint deployment_schedule_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployment(id) ON DELETE CASCADE;
alter table deployment_version add constraint deployment_version_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployment(id) ON DELETE CASCADE;
alter table flow_run add constraint flow_run_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployment(id) ON DELETE SET NULL;
alter table flow_run add constraint flow_run_flow_id_fkey FOREIGN KEY (flow_id) REFERENCES flow(id) ON DELETE CASCADE;
alter table flow_run add constraint flow_run_work_queue_id_fkey FOREIGN KEY (work_queue_id) REFERENCES work_queue(id) ON DELETE SET NULL;
alter table flow_run_input add constraint flow_run_input_flow_run_id_fkey FOREIGN KEY (flow_run_id) REFERENCES flow_run(id) ON DELETE CASCADE;
alter table flow_run_lease add constraint flow_run_lease_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES deployment(id) ON DELETE SET NULL;
alter table flow_run_lease add constraint flow_run_lease_flow_run_id_fkey FOREIGN KEY (flow_run_id) REFERENCES flow_run(id) ON DELETE CASCADE;
alter table flow_run_lease add constraint flow_run_lease_work_pool_id_fkey FOREIGN KEY (work_pool_id) REFERENCES work_pool(id) ON DELETE SET NULL;
alter table flow_run_lease add constraint flow_run_lease_work_queue_id_fkey FOREIGN KEY (work_queue_id) REFERENCES work_queue(id) ON DELETE SET NULL;
alter table flow_run_notification_policy add constraint flow_run_notification_policy_block_document_id_fkey FOREIGN KEY (block_document_id) REFERENCES block_document(id) ON DELETE CASCADE;
alter table flow_run_state add constraint flow_run_state_flow_run_id_fkey FOREIGN KEY (flow_run_id) REFERENCES flow_run(id) ON DELETE CASCADE;
alter table result add constraint result_flow_run_id_fkey FOREIGN KEY (flow_run_id) REFERENCES flow_run(id) ON DELETE CASCADE;
alter table task_run add constraint task_run_flow_run_id_fkey FOREIGN KEY (flow_run_id) REFERENCES flow_run(id) ON DELETE CASCADE;
alter table task_run_delivery add constraint task_run_delivery_task_run_id_fkey FOREIGN KEY (task_run_id) REFERENCES task_run(id) ON DELETE CASCADE;
alter table task_run_state add constraint task_run_state_task_run_id_fkey FOREIGN KEY (task_run_id) REFERENCES task_run(id) ON DELETE CASCADE;
alter table task_run_state_cache add constraint task_run_state_cache_task_run_state_id_fkey FOREIGN KEY (task_run_state_id) REFERENCES task_run_state(id) ON DELETE CASCADE;
alter table work_queue add constraint work_queue_work_pool_id_fkey FOREIGN KEY (work_pool_id) REFERENCES work_pool(id) ON DELETE CASCADE;
alter table worker add constraint worker_work_pool_id_fkey FOREIGN KEY (work_pool_id) REFERENCES work_pool(id) ON DELETE CASCADE;

CREATE INDEX artifact_of_created ON public.artifact USING btree (created);
CREATE INDEX artifact_of_flow_run ON public.artifact USING btree (flow_run_id) WHERE (flow_run_id IS NOT NULL);
CREATE INDEX artifact_of_key ON public.artifact USING btree (key, created DESC, id DESC) WHERE (key IS NOT NULL);
CREATE INDEX artifact_of_task_run ON public.artifact USING btree (task_run_id) WHERE (task_run_id IS NOT NULL);
CREATE UNIQUE INDEX artifact_collection_of_key ON public.artifact_collection USING btree (key);
CREATE INDEX artifact_collection_of_latest ON public.artifact_collection USING btree (latest_id);
CREATE INDEX automation_of_name ON public.automation USING btree (name);
CREATE INDEX automation_of_owner ON public.automation USING btree (owner_resource) WHERE (owner_resource IS NOT NULL);
CREATE INDEX automation_action_due ON public.automation_action USING btree (run_at);
CREATE INDEX automation_bucket_ends ON public.automation_bucket USING btree (ends);
CREATE UNIQUE INDEX block_document_of_name ON public.block_document USING btree (block_type_id, name);
CREATE INDEX block_document_of_schema ON public.block_document USING btree (block_schema_id);
CREATE INDEX block_document_reference_to ON public.block_document_reference USING btree (block_document_id);
CREATE UNIQUE INDEX block_schema_of_checksum ON public.block_schema USING btree (checksum, version);
CREATE INDEX block_schema_of_type ON public.block_schema USING btree (block_type_id);
CREATE UNIQUE INDEX block_type_of_name ON public.block_type USING btree (name);
CREATE UNIQUE INDEX block_type_of_slug ON public.block_type USING btree (slug);
CREATE UNIQUE INDEX bundle_of_name ON public.bundle USING btree (name) WHERE (checked IS NOT NULL);
CREATE INDEX concurrency_slot_concurrency_limit_id_idx ON public.concurrency_slot USING btree (concurrency_limit_id);
CREATE INDEX concurrency_slot_expires_at_idx ON public.concurrency_slot USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX concurrency_slot_flow_run_id_idx ON public.concurrency_slot USING btree (flow_run_id) WHERE (flow_run_id IS NOT NULL);
CREATE INDEX concurrency_slot_holder_id_idx ON public.concurrency_slot USING btree (holder_id) WHERE (holder_id IS NOT NULL);
CREATE INDEX concurrency_slot_lease_id_idx ON public.concurrency_slot USING btree (lease_id);
CREATE INDEX default_result_storage_of_block ON public.default_result_storage USING btree (block_document_id);
CREATE INDEX deployment_of_bundle ON public.deployment USING btree (bundle) WHERE (bundle IS NOT NULL);
CREATE INDEX deployment_work_queue_id_idx ON public.deployment USING btree (work_queue_id);
CREATE INDEX deployment_schedule_due ON public.deployment_schedule USING btree (due) WHERE active;
CREATE INDEX deployment_version_of_bundle ON public.deployment_version USING btree (bundle);
CREATE INDEX event_involving ON public.event USING gin (resource_ids);
CREATE INDEX event_occurred ON public.event USING btree (occurred, id);
CREATE INDEX event_of_resource ON public.event USING btree (resource_id, occurred);
CREATE INDEX event_received ON public.event USING btree (received);
CREATE INDEX event_to_record ON public.event USING btree (record_at, id) WHERE (record_at IS NOT NULL);
CREATE INDEX event_xid ON public.event USING btree (xid);
CREATE INDEX flow_run_auto_scheduled ON public.flow_run USING btree (deployment_id) WHERE (auto_scheduled AND ((state_type)::text = 'SCHEDULED'::text));
CREATE INDEX flow_run_deployment ON public.flow_run USING btree (deployment_id);
CREATE INDEX flow_run_due ON public.flow_run USING btree (work_queue_id, next_scheduled_start_time) WHERE ((state_type)::text = 'SCHEDULED'::text);
CREATE INDEX flow_run_ended ON public.flow_run USING btree (end_time) WHERE (end_time IS NOT NULL);
CREATE INDEX flow_run_expected ON public.flow_run USING btree (expected_start_time);
CREATE INDEX flow_run_flow ON public.flow_run USING btree (flow_id);
CREATE UNIQUE INDEX flow_run_idempotency ON public.flow_run USING btree (flow_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX flow_run_name ON public.flow_run USING btree (name);
CREATE INDEX flow_run_not_completed ON public.flow_run USING btree (state_type, expected_start_time) INCLUDE (start_time, id) WHERE ((state_type)::text <> 'COMPLETED'::text);
CREATE INDEX flow_run_parent ON public.flow_run USING btree (parent_task_run_id) WHERE (parent_task_run_id IS NOT NULL);
CREATE INDEX flow_run_started ON public.flow_run USING btree (COALESCE(start_time, expected_start_time));
CREATE INDEX flow_run_state_named ON public.flow_run USING btree (state_name, expected_start_time) INCLUDE (start_time, id) WHERE (state_name <> 'Completed'::text);
CREATE INDEX flow_run_tags ON public.flow_run USING gin (tags) WITH (gin_pending_list_limit='256') WHERE (tags <> '{}'::text[]);
CREATE INDEX flow_run_count_key ON public.flow_run_count USING btree (scope_id, hour);
CREATE INDEX flow_run_count_new ON public.flow_run_count USING btree (scope_id, hour) WHERE is_new;
CREATE INDEX flow_run_lease_deployment_id_idx ON public.flow_run_lease USING btree (deployment_id) WHERE (deployment_id IS NOT NULL);
CREATE INDEX flow_run_lease_deployment_lease ON public.flow_run_lease USING btree (deployment_lease_id) WHERE (deployment_lease_id IS NOT NULL);
CREATE INDEX flow_run_lease_deployment_until ON public.flow_run_lease USING btree (deployment_until) WHERE (deployment_until IS NOT NULL);
CREATE INDEX flow_run_lease_expires_at_idx ON public.flow_run_lease USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX flow_run_lease_incarnation_id_idx ON public.flow_run_lease USING btree (incarnation_id);
CREATE INDEX flow_run_lease_work_pool_id_idx ON public.flow_run_lease USING btree (work_pool_id);
CREATE INDEX flow_run_notification_policy_of_block ON public.flow_run_notification_policy USING btree (block_document_id);
CREATE INDEX flow_run_state_at ON public.flow_run_state USING btree ("timestamp", id);
CREATE INDEX flow_run_state_flow_run_id_timestamp_idx ON public.flow_run_state USING btree (flow_run_id, "timestamp");
CREATE INDEX flow_run_state_xid ON public.flow_run_state USING btree (xid);
CREATE INDEX log_at ON public.log USING btree ("timestamp", level);
CREATE INDEX log_of_run ON public.log USING btree (flow_run_id, "timestamp", level);
CREATE INDEX log_xid ON public.log USING btree (xid);
CREATE INDEX result_flow_run_id_idx ON public.result USING btree (flow_run_id);
CREATE UNIQUE INDEX saved_search_of_name ON public.saved_search USING btree (name);
CREATE UNIQUE INDEX source_of_name ON public.source USING btree (name);
CREATE INDEX table_load_newest ON public.table_load USING btree ("table", committed DESC, id) WHERE (details IS NOT NULL);
CREATE INDEX table_load_of_table ON public.table_load USING btree (warehouse, "table", committed DESC, id DESC);
CREATE INDEX task_run_background ON public.task_run USING btree (task_key, next_scheduled_start_time) WHERE (next_scheduled_start_time IS NOT NULL);
CREATE INDEX task_run_expected ON public.task_run USING btree (expected_start_time);
CREATE UNIQUE INDEX task_run_keys ON public.task_run USING btree (flow_run_id, task_key, dynamic_key);
CREATE INDEX task_run_state_at ON public.task_run_state USING btree ("timestamp", id);
CREATE INDEX task_run_state_task_run_id_timestamp_idx ON public.task_run_state USING btree (task_run_id, "timestamp");
CREATE INDEX task_run_state_xid ON public.task_run_state USING btree (xid);
CREATE INDEX task_run_state_cache_expiration ON public.task_run_state_cache USING btree (cache_expiration) WHERE (cache_expiration IS NOT NULL);
CREATE INDEX task_run_state_cache_key ON public.task_run_state_cache USING btree (md5(cache_key));
CREATE UNIQUE INDEX variable_of_name ON public.variable USING btree (name);
CREATE INDEX wait_note_flow_run_id_idx ON public.wait_note USING btree (flow_run_id);

CREATE OR REPLACE FUNCTION public.count_ended_flow_runs()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op <> 'INSERT' then
    if exists (select from were where state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')) then
      insert into flow_run_count (scope_id, hour, is_subflow, state_type, state_name, runs, run_seconds, late_seconds)
      select scope_id, date_trunc('hour', r.expected_start_time, 'UTC'), r.parent_task_run_id is not null, r.state_type, r.state_name,
        -count(*), -sum(r.total_run_time::numeric), -sum(coalesce(greatest(extract(epoch from r.start_time - r.expected_start_time), 0), 0))
      from were r cross join unnest(array['00000000-0000-0000-0000-000000000000', r.flow_id, r.deployment_id, r.work_queue_id]) scope_id
      where r.state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') and scope_id is not null
      group by 1, 2, 3, 4, 5;
    end if;
  end if;
  if tg_op <> 'DELETE' then
    if exists (select from are where state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')) then
      insert into flow_run_count (scope_id, hour, is_subflow, state_type, state_name, runs, run_seconds, late_seconds)
      select scope_id, date_trunc('hour', r.expected_start_time, 'UTC'), r.parent_task_run_id is not null, r.state_type, r.state_name,
        count(*), sum(r.total_run_time::numeric), sum(coalesce(greatest(extract(epoch from r.start_time - r.expected_start_time), 0), 0))
      from are r cross join unnest(array['00000000-0000-0000-0000-000000000000', r.flow_id, r.deployment_id, r.work_queue_id]) scope_id
      where r.state_type in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') and scope_id is not null
      group by 1, 2, 3, 4, 5;
    end if;
  end if;
  return null;
end
$function$;
CREATE OR REPLACE FUNCTION public.wants_back(waiting_on json)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select not exists (
    select from json_array_elements_text(waiting_on -> 'flow_runs') awaited join flow_run r on r.id = awaited::uuid
    where r.state_type is null or r.state_type not in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
  )
$function$;

CREATE TRIGGER flow_runs_changed AFTER UPDATE ON public.flow_run REFERENCING OLD TABLE AS were NEW TABLE AS are FOR EACH STATEMENT EXECUTE FUNCTION count_ended_flow_runs();
CREATE TRIGGER flow_runs_gone AFTER DELETE ON public.flow_run REFERENCING OLD TABLE AS were FOR EACH STATEMENT EXECUTE FUNCTION count_ended_flow_runs();
CREATE TRIGGER flow_runs_made AFTER INSERT ON public.flow_run REFERENCING NEW TABLE AS are FOR EACH STATEMENT EXECUTE FUNCTION count_ended_flow_runs();

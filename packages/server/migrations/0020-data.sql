-- Variables, artifacts, saved searches, blocks and notification policies, as Prefect's clients keep them (decisions/0035).
create table variable (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  value json not null,
  tags text[] not null
);
create unique index variable_of_name on variable (name);

-- Runs may be told of later than what they made, so nothing here refers to them.
create table artifact (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  key text,
  type text,
  description text,
  data json,
  metadata_ json,
  flow_run_id uuid,
  task_run_id uuid
);
create index artifact_of_key on artifact (key, created desc, id desc) where key is not null;
create index artifact_of_flow_run on artifact (flow_run_id) where flow_run_id is not null;
create index artifact_of_task_run on artifact (task_run_id) where task_run_id is not null;
create index artifact_of_created on artifact (created);

-- A key, and the newest artifact that has it.
create table artifact_collection (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  key text not null,
  latest_id uuid not null references artifact (id)
);
create unique index artifact_collection_of_key on artifact_collection (key);
create index artifact_collection_of_latest on artifact_collection (latest_id);

create table saved_search (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  filters json not null
);
create unique index saved_search_of_name on saved_search (name);

create table block_type (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  slug text not null,
  logo_url text,
  documentation_url text,
  description text,
  code_example text,
  is_protected boolean not null
);
create unique index block_type_of_name on block_type (name);
create unique index block_type_of_slug on block_type (slug);

create table block_schema (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  block_type_id uuid not null references block_type (id) on delete cascade,
  checksum text not null,
  version text not null,
  fields json not null,
  capabilities text[] not null
);
create unique index block_schema_of_checksum on block_schema (checksum, version);
create index block_schema_of_type on block_schema (block_type_id);

-- What is in `sealed` is encrypted with a key that is not in here: the data of a block, without the blocks inside of it.
create table block_document (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  is_anonymous boolean not null,
  block_type_id uuid not null references block_type (id) on delete cascade,
  block_schema_id uuid not null references block_schema (id) on delete cascade,
  key_id text not null,
  sealed text not null
);
create unique index block_document_of_name on block_document (block_type_id, name);
create index block_document_of_schema on block_document (block_schema_id);

create table block_document_reference (
  parent_block_document_id uuid not null references block_document (id) on delete cascade,
  name text not null,
  block_document_id uuid not null references block_document (id) on delete cascade,
  primary key (parent_block_document_id, name)
);
create index block_document_reference_to on block_document_reference (block_document_id);

create table flow_run_notification_policy (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  is_active boolean not null,
  state_names text[] not null,
  tags text[] not null,
  block_document_id uuid not null references block_document (id) on delete cascade,
  message_template text
);
create index flow_run_notification_policy_of_block on flow_run_notification_policy (block_document_id);

-- The block in which results are kept that name no other place: one row, or none.
create table default_result_storage (
  is_only boolean primary key check (is_only),
  block_document_id uuid not null references block_document (id) on delete cascade
);
create index default_result_storage_of_block on default_result_storage (block_document_id);

-- Loads of tables, as workers tell of them after their commit to a warehouse: what pages show. The warehouse's own ledger is the truth.
-- A flow run may be deleted before its loads, so there is no reference to it.
create table table_load (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  load_id text not null unique,
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
  committed timestamptz not null,
  replay_of text,
  flow_run_id uuid not null,
  deployment_id uuid,
  worker_name text,
  parameters json,
  -- Of the newest load of a table.
  details json
);
create index table_load_of_table on table_load (warehouse, "table", committed desc, id desc);
create index table_load_newest on table_load (committed desc, id desc);

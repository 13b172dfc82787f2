-- Code of projects, packed (decisions/0022). A name may be on its way several times, and is there once.
create table bundle (
  id uuid primary key,
  created timestamptz not null,
  -- Also touched when a deployment takes it or leaves it: it is not removed for a while.
  updated timestamptz not null,
  name text not null,
  bytes bigint not null,
  unpacked_bytes bigint not null,
  files integer not null,
  chunks integer not null,
  checked timestamptz
);
create unique index bundle_of_name on bundle (name) where checked is not null;
create table bundle_chunk (
  bundle_id uuid not null references bundle on delete cascade,
  index integer not null,
  data bytea not null,
  primary key (bundle_id, index)
);
-- It is compressed already.
alter table bundle_chunk alter column data set storage external;

-- The folder in its bundle from which a deployment's entrypoint counts, and in which its runs start; null: the bundle's own.
alter table deployment add column bundle text, add column bundle_folder text;
create index deployment_of_bundle on deployment (bundle) where bundle is not null;
alter table flow_run add column bundle text;

-- Where a flow is in the bundles that its deployment had: a run keeps the one that it was made with.
create table deployment_version (
  deployment_id uuid not null references deployment on delete cascade,
  bundle text not null,
  updated timestamptz not null,
  version text,
  entrypoint text,
  bundle_folder text,
  primary key (deployment_id, bundle)
);
create index deployment_version_of_bundle on deployment_version (bundle);

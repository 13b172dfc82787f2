-- URLs of sources for workers that do not know them (decisions/0023). What is in `sealed` is encrypted with a key that is not in here.
create table source (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  kind text not null,
  host text,
  database text,
  set timestamptz not null,
  set_by text,
  key_id text not null,
  sealed text not null
);
create unique index source_of_name on source (name);

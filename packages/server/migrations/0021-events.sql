-- What clients say has happened. States of runs are events too, and are read from their own rows (decisions/0037).
create table event (
  id uuid primary key,
  occurred timestamptz not null,
  received timestamptz not null default clock_timestamp(),
  event text not null,
  resource_id text not null,
  resource jsonb not null,
  related jsonb not null default '[]',
  payload json not null default '{}',
  follows uuid,
  -- Everything that it is about, to be found by.
  resource_ids text[] not null,
  -- When the task run that it tells of is to be recorded; null when it tells of none, or has been.
  record_at timestamptz,
  xid xid8 not null default pg_current_xact_id()
);
create index event_occurred on event (occurred, id);
create index event_of_resource on event (resource_id, occurred);
create index event_involving on event using gin (resource_ids);
create index event_received on event (received);
create index event_xid on event (xid);
create index event_to_record on event (record_at, id) where record_at is not null;

-- Events of states are listed by their time.
create index flow_run_state_at on flow_run_state (timestamp, id);
create index task_run_state_at on task_run_state (timestamp, id);

-- Its client tells by events what it does: what its flow run leaves open is not ended with it, since the client's last word is on its way.
alter table task_run add column recorded boolean not null default false;

-- Task runs of no flow that wait for a worker of their own, and which of them a worker was given: none is given to two.
create index task_run_background on task_run (task_key, next_scheduled_start_time) where state_type = 'SCHEDULED' and flow_run_id is null;
create table task_run_delivery (
  task_run_id uuid primary key references task_run on delete cascade,
  -- A task run that is scheduled again is given again.
  state_id uuid not null,
  client_id text not null,
  -- When it is given to another worker; null when its worker has said that it has it.
  expires_at timestamptz
);

create table automation (
  id uuid primary key,
  created timestamptz not null,
  updated timestamptz not null,
  name text not null,
  description text not null default '',
  enabled boolean not null default true,
  tags text[] not null default '{}',
  trigger json not null,
  actions json not null default '[]',
  actions_on_trigger json not null default '[]',
  actions_on_resolve json not null default '[]',
  owner_resource text,
  -- What its trigger and its actions name.
  related_resources text[] not null default '{}'
);
create index automation_of_name on automation (name);
create index automation_of_owner on automation (owner_resource) where owner_resource is not null;

-- What an event trigger has counted in its window, for each of the things that it tells apart.
create table automation_bucket (
  automation_id uuid not null references automation on delete cascade,
  trigger_id uuid not null,
  key text not null,
  count integer not null,
  starts timestamptz not null,
  ends timestamptz not null,
  last_event json,
  triggered_at timestamptz,
  primary key (automation_id, trigger_id, key)
);
create index automation_bucket_ends on automation_bucket (ends);

-- Which of its parts have fired for a trigger that is made of others.
create table automation_part (
  automation_id uuid not null references automation on delete cascade,
  parent_id uuid not null,
  trigger_id uuid not null,
  fired timestamptz not null,
  firing json not null,
  primary key (automation_id, parent_id, trigger_id)
);

-- What is to be done, written with the firing in one transaction.
create table automation_action (
  id uuid primary key,
  created timestamptz not null,
  automation_id uuid not null,
  index integer not null,
  action json not null,
  firing json not null,
  run_at timestamptz not null,
  tries integer not null default 0
);
create index automation_action_due on automation_action (run_at);

-- How far automations have read the stream of events; servers take turns by this row.
create table automation_reader (
  id integer primary key,
  position text
);
insert into automation_reader (id) values (1);

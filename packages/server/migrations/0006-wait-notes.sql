-- What stands still now, as far as servers know. Worth nothing after a crash, so not logged; a server that died leaves rows that expire.
create unlogged table wait_note (
  id uuid primary key,
  -- Who came first at a server is served first there.
  server_id uuid not null,
  -- The flow run in whose process it is.
  flow_run_id uuid,
  -- Who waits, and who waits for that, from the inside out: `task <id>`, or `body <id>` of a flow run.
  within text[] not null,
  -- It waits for the end of these flow runs; null when it queues for slots.
  flow_run_ids uuid[],
  limit_names text[] not null default '{}',
  slots integer not null default 0,
  since timestamptz not null,
  expires_at timestamptz not null
);
create index on wait_note (flow_run_id);

-- Which task, or body of a flow run, has the slot, in the words of wait_note; null where the holder says it all.
alter table concurrency_slot add column unit text;

create view concurrency_limit_view as
  select
    c.id, c.created, c.updated, c.active, c.name, c."limit",
    (select coalesce(sum(s.slots), 0)::integer from concurrency_slot s
      where s.concurrency_limit_id = c.id and (s.expires_at is null or s.expires_at > now())) as active_slots,
    c.slot_decay_per_second
  from concurrency_limit c;

create view tag_limit_view as
  select
    c.id, c.created, c.updated, substr(c.name, 5) as tag, c."limit" as concurrency_limit,
    array(select s.holder_id from concurrency_slot s
      where s.concurrency_limit_id = c.id and s.holder_id is not null and (s.expires_at is null or s.expires_at > now())
      order by s.granted, s.id) as active_slots
  from concurrency_limit c where starts_with(c.name, 'tag:');

create view block_schema_view as
  select
    s.id, s.created, s.updated, s.checksum, s.fields, s.block_type_id,
    (select row_to_json(t) from block_type_view t where t.id = s.block_type_id) as block_type,
    s.capabilities, s.version
  from block_schema s;

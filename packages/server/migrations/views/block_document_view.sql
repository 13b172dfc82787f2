-- Its data is encrypted: the server puts it in, and what the blocks inside of it hold.
create view block_document_view as
  select
    d.id, d.created, d.updated, d.name, d.is_anonymous, d.block_type_id, t.name as block_type_name, d.block_schema_id,
    d.key_id, d.sealed,
    (select coalesce(json_object_agg(r.name, r.block_document_id), '{}') from block_document_reference r
      where r.parent_block_document_id = d.id) as "references"
  from block_document d join block_type t on t.id = d.block_type_id;

create view block_type_view as
  select id, created, updated, name, slug, logo_url, documentation_url, description, code_example, is_protected from block_type;

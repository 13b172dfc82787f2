-- For Prefect 2, whose values are texts.
create view variable_text_view as
  select id, created, updated, name, case when json_typeof(value) = 'string' then value else to_json(value::text) end as value, tags
  from variable;

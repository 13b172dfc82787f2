create function run_event_related(
  flow_run uuid, flow uuid, deployment uuid, queue uuid, task_run uuid, tags text[], created_by json
) returns jsonb language sql stable parallel safe as $$
  with about as (
    select 1 as place, 'flow-run' as kind, id, name, tags, null::text as type from flow_run where id = $1
    union all select 2, 'flow', id, name, tags, null from flow where id = $2
    union all select 3, 'deployment', id, name, tags, null from deployment where id = $3
    union all select 4, 'work-queue', id, name, '{}', null from work_queue where id = $4
    union all select 5, 'work-pool', p.id, p.name, '{}', p.type from work_queue q join work_pool p on p.id = q.work_pool_id where q.id = $4
    union all select 6, 'task-run', id, name, tags, null from task_run where id = $5
  ), tag as (
    select distinct tag from (select unnest(tags) as tag from about union all select unnest($6)) every_tag
  )
  select coalesce(jsonb_agg(item order by place, item ->> 'prefect.resource.id'), '[]') from (
    select place, jsonb_strip_nulls(jsonb_build_object('prefect.resource.id', 'prefect.' || kind || '.' || id, 'prefect.resource.role', kind,
      'prefect.resource.name', name, 'prefect.work-pool.type', type)) as item from about
    union all select 7, jsonb_build_object('prefect.resource.id', 'prefect.tag.' || tag, 'prefect.resource.role', 'tag') from tag
    union all select 8, jsonb_strip_nulls(jsonb_build_object('prefect.resource.id', 'prefect.' || lower($7 ->> 'type') || '.' || ($7 ->> 'id'),
      'prefect.resource.role', 'creator', 'prefect.resource.name', $7 ->> 'display_value'))
      where $7 ->> 'type' in ('DEPLOYMENT', 'AUTOMATION') and $7 ->> 'id' is not null
  ) items
$$;

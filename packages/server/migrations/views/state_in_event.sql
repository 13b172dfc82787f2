create function state_in_event(type text, name text, message text) returns json language sql immutable parallel safe as $$
  select case when type is not null then json_strip_nulls(json_build_object('type', type, 'name', name, 'message', left(nullif(message, ''), 100000))) end
$$;

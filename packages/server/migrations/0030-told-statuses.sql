-- Whether a pool, a queue or a deployment is ready is computed when somebody asks. This is what was told of it last, by an event.
alter table work_pool add column told_status text not null default 'NOT_READY';
alter table work_queue add column told_status text not null default 'NOT_READY';
alter table deployment add column told_status text not null default 'NOT_READY';

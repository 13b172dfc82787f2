-- The newest load of each table is the one that has details: a list of tables reads these rows, and not all loads of all tables.
drop index table_load_newest;
create index table_load_newest on table_load ("table", committed desc, id) where details is not null;

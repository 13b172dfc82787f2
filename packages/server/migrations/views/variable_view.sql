create view variable_view as select id, created, updated, name, value, tags from variable;

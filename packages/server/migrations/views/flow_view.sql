create view flow_view as select id, created, updated, name, tags, labels from flow;

-- The transaction that wrote a row: who follows what happens asks for rows that one snapshot sees and an earlier one did not.
-- Rows that were there before have none.
alter table flow_run_state add column xid xid8;
alter table flow_run_state alter column xid set default pg_current_xact_id();
alter table task_run_state add column xid xid8;
alter table task_run_state alter column xid set default pg_current_xact_id();
alter table log add column xid xid8;
alter table log alter column xid set default pg_current_xact_id();
create index flow_run_state_xid on flow_run_state (xid);
create index task_run_state_xid on task_run_state (xid);
create index log_xid on log (xid);

-- Background tasks that a flow has put off belong to its flow run: they wait for a worker as the others do.
drop index task_run_background;
create index task_run_background on task_run (task_key, next_scheduled_start_time) where state_type = 'SCHEDULED';

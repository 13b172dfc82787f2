-- A task run changes its state in its own page (a HOT update) as long as no index holds a column that a state changes. What is due is set
-- for a task run that waits for its time, and for no other.
drop index task_run_background;
create index task_run_background on task_run (task_key, next_scheduled_start_time) where next_scheduled_start_time is not null;

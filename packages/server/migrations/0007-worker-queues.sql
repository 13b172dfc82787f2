-- The queues that a worker takes runs of; none named: all of its pool. Why a run waits, and whether a place may be free for it, hangs on that.
alter table worker add column queues text[] not null default '{}';

-- The release that a worker is of, as it says with its beat.
alter table worker add column version text;

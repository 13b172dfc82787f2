-- Which request was told of these slots: who asks again with the id of its lease, since the answer got lost, has them, and the request
-- whose answer got lost does not give them back.
alter table concurrency_slot add column told uuid;

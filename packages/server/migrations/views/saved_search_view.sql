create view saved_search_view as select id, created, updated, name, filters from saved_search;

-- The last decision made when the watch asked for something else: what was told before says nothing of what it asks now.
alter table watches add column told_after bigint not null default 0;

-- When a watch speaks: empty is at once, else "daily 08:00" or "weekly mon 08:00" by the clock of the conversation.
alter table watches add column cadence text not null default '';
alter table drafts add column cadence text not null default '';

-- Digests that wait for their hour outside the lanes, which they would stop; alerts name theirs from the beginning.
create table digests (
    key text not null primary key,
    conversation text not null,
    due bigint not null
);
create index digests_due on digests (due);

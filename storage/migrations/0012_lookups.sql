-- All meetings by their beginning, for lookups without a period.
create index meetings_start on meetings (starts_at, entry);

-- What entries said before they changed: of things that have a history to tell, as long as changes are told at all.
create table revisions (
    seq {identity},
    entry text not null,
    at bigint not null,
    title text not null,
    rest text
);
create index revisions_entry on revisions (entry, seq);
create trigger entries_revised after update of fingerprint on entries
when new.fingerprint <> old.fingerprint and old.kind in ('work-item', 'publication', 'meeting') and new.versions <= 24
begin
    insert into revisions (entry, at, title, rest) values (old.id, new.fetched_at, old.title, old.rest);
end;

-- Addresses of calendars: what a secret hashes to, never the secret.
create table calendars (
    secret text not null primary key,
    conversation text not null,
    owner text not null,
    made_at bigint not null
);
create index calendars_conversation on calendars (conversation);

-- What subscribers of calendars were last told of an event (RFC 5545 SEQUENCE and LAST-MODIFIED).
create table calendar_events (
    uid text not null primary key,
    said text not null,
    sequence bigint not null,
    modified bigint not null
);

-- What a conversation hears of what a watch matches: empty for a watch, of a subscription 'all' or 'stages'.
alter table watches add column scope text not null default '';

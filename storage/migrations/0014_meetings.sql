-- Meetings in the order of their beginning, so that a lookup reads one stretch of them and stops when it has enough.
-- number: the second of the start, in microseconds, counted up among those that begin in it.
drop index meetings_time;
drop index meetings_start;
drop index meetings_open;
alter table meetings rename to meetings_before;
create table meetings (
    number integer primary key,
    entry text not null unique,
    source text not null,
    starts_at bigint not null,
    ends_at bigint not null,
    grp text not null,
    haystack text not null
);
insert into meetings (number, entry, source, starts_at, ends_at, grp, haystack)
select starts_at / 1000000 * 1000000 + row_number() over (partition by starts_at / 1000000 order by starts_at, entry) - 1,
    entry, source, starts_at, ends_at, grp, haystack
from meetings_before;
drop table meetings_before;
create index meetings_group on meetings (grp);
create index meetings_open on meetings (source, ends_at);
-- How far before a day those may have begun that last until then.
create index meetings_length on meetings (ends_at - starts_at);

-- Which three letters stand beside each other in which meeting: what a lookup's words ask for. Written by statements of
-- their own: in a trigger FTS5 would begin a new piece at every meeting.
create virtual table meeting_parts using fts5 (
    haystack, content = 'meetings', content_rowid = 'number', columnsize = 0, detail = 'none',
    tokenize = 'trigram case_sensitive 1'
);
insert into meeting_parts (meeting_parts) values ('rebuild');

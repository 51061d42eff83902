-- What people typed on platforms that deliver it more than once; a line is answered once.
create table inbox (
    seq {identity},
    platform text not null,
    conversation text not null,
    id text not null,
    command text not null,
    at bigint not null,
    answered bigint
);
create unique index inbox_once on inbox (platform, id);
create index inbox_waiting on inbox (seq) where answered is null;
create index inbox_answered on inbox (answered) where answered is not null;

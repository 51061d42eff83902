-- What teams call things, beside the vocabulary that is shipped; order of adding is kept.
create table wordings (
    seq {identity},
    team text not null,
    name text not null,
    wording text not null,
    owner text not null,
    added_at bigint not null
);
create unique index wordings_once on wordings (team, name, wording);

-- What a person has been shown the replay of, until they say yes.
create table drafts (
    conversation text not null,
    owner text not null,
    query text not null,
    note text not null,
    watch bigint,
    at bigint not null,
    primary key (conversation, owner)
);

-- What people think of what a watch brought.
create table marks (
    conversation text not null,
    entry text not null,
    owner text not null,
    watch bigint not null,
    relevant smallint not null,
    at bigint not null,
    primary key (conversation, entry, owner)
);
create index marks_watch on marks (watch) where relevant = 0;

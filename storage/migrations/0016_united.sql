-- Stories that began apart and were found to be one: what the one that ended had, so that a person can part them again.
-- moved: the thread became that of the story that goes on, which had none in that conversation.
create table united_entries (
    entry text not null,
    story text not null,
    primary key (entry, story)
);
create index united_entries_story on united_entries (story);
create table united_threads (
    story text not null,
    conversation text not null,
    root text not null,
    opened bigint not null,
    receipt text,
    moved smallint not null,
    primary key (story, conversation)
);
-- Stories that a person said are two, each way round.
create table partings (
    one text not null,
    other text not null,
    primary key (one, other)
);

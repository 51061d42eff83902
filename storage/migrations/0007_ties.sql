-- What the stories of meetings, texts and documents are known by for ever (bot/domain/identity_graph.py).
create table ties (
    tie text not null,
    story text not null,
    primary key (tie, story)
);
create index ties_story on ties (story);
create index entries_story on entries (story, kind) where story is not null;

-- Days of which somebody may want to be reminded, of every entry that has any (bot/domain/ladder.py).
create table deadlines (
    entry text not null,
    what text not null,
    due bigint not null,
    primary key (entry, what)
);
create index deadlines_due on deadlines (due, entry);

-- Pages of sources that are read in turn (bot/domain/rounds.py): by the keys of the entries that name them.
create table rounds (
    source text not null,
    key text not null,
    tried_at bigint not null,
    read_at bigint,
    primary key (source, key)
);

-- Times are microseconds since 1970 UTC; flags are 0 or 1; JSON is text.
-- Text spells out what UTF-8 and NUL-free text cannot hold (storage/rows.py, storable).
-- {identity} is the dialect's own word for a number that only grows.

create table sources (
    id text not null primary key,
    declared_url text not null,
    url text not null,
    format text not null,
    name text not null,
    body text,
    lang text,
    every bigint not null,
    about text not null,
    origin text not null,
    next_poll bigint not null,
    baseline smallint not null default 1,
    paused smallint not null default 0,
    retired text check (retired in ('gone', 'removed', 'undeclared')),
    lease_owner text,
    lease_until bigint,
    health text not null,
    told text not null default '',
    memory text not null,
    items bytea not null
);
create index sources_due on sources (next_poll) where retired is null;

create table stories (
    id text not null primary key,
    title text not null,
    names text not null,
    identities text not null,
    first_at bigint not null,
    last_at bigint not null
);
create index stories_last on stories (last_at);

-- rest: what most entries do not have (dates of meetings, place, facts …), null if nothing.
create table entries (
    id text not null primary key,
    source text not null references sources (id),
    key text not null,
    twin text not null,
    kind text not null,
    title text not null,
    link text,
    text text not null,
    published bigint,
    updated bigint,
    rest text,
    story text references stories (id),
    fingerprint text not null,
    first_seen bigint not null,
    fetched_at bigint not null,
    versions bigint not null,
    missing bigint not null,
    gone smallint not null,
    body_hash text not null,
    url text not null
);
create unique index entries_key on entries (key, source);
create index entries_twin on entries (source, twin);
create index entries_link on entries (link) where link is not null;
create index entries_seen on entries (first_seen, id, kind);

-- What lookups ask of meetings, apart from their bulk, so that a scan stays cheap.
create table meetings (
    entry text not null primary key,
    source text not null,
    starts_at bigint not null,
    ends_at bigint not null,
    grp text not null,
    haystack text not null
);
create index meetings_time on meetings (ends_at, starts_at, grp, entry);
create index meetings_open on meetings (source, ends_at);

create table threads (
    story text not null,
    conversation text not null,
    root text not null,
    opened bigint not null,
    receipt text,
    primary key (story, conversation)
);
create index threads_opened on threads (opened);

create table watches (
    id {identity},
    conversation text not null,
    query text not null,
    owner text not null,
    note text not null,
    created_at bigint not null,
    muted_until bigint,
    removed smallint not null default 0
);
create unique index watches_query on watches (conversation, query) where removed = 0;

create table counters (
    name text not null primary key,
    value bigint not null
);
insert into counters (name, value) values ('watches', 0), ('stories', 0);

create table alerts (
    seq {identity},
    id text not null unique,
    conversation text not null,
    story text not null,
    entry text not null,
    outcome text not null,
    reason text not null,
    at bigint not null,
    watch bigint,
    detail text not null,
    hits text not null,
    now text not null,
    before text,
    digest text,
    posted bigint
);
create index alerts_entry on alerts (entry, conversation);
create index alerts_story on alerts (story, conversation);
create index alerts_watch on alerts (watch, at) where watch is not null;
create index alerts_spoken on alerts (conversation, at) where outcome = 'spoken';
create index alerts_folded on alerts (conversation) where outcome = 'folded' and digest is null;
create index alerts_digest on alerts (digest) where digest is not null;

create table deliveries (
    seq {identity},
    key text not null unique,
    conversation text not null,
    verb text not null,
    state text not null default 'pending' check (state in ('pending', 'sent', 'failed')),
    due bigint not null,
    attempts bigint not null,
    alert text,
    story text,
    text text not null,
    sealed smallint not null default 0,
    lease_owner text,
    lease_until bigint,
    closed_at bigint,
    receipt text,
    error text
);
create index deliveries_pending on deliveries (conversation, seq) where state = 'pending';
create unique index deliveries_open on deliveries (conversation)
    where verb = 'digest' and sealed = 0 and state = 'pending';
create index deliveries_failed on deliveries (seq) where state = 'failed';

create table parked (
    conversation text not null primary key,
    why text not null
);

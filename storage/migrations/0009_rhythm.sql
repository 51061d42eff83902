-- How conversations want to be spoken to; who has no row has the defaults of the configuration.
create table preferences (
    conversation text not null primary key,
    wanted text not null
);

-- urgent: told in quiet hours too. held: until when quiet hours keep it.
alter table deliveries add column urgent smallint not null default 0;
alter table deliveries add column held bigint;
create index deliveries_urgent on deliveries (conversation, seq) where state = 'pending' and urgent = 1;
alter table alerts add column held bigint;
create index alerts_when on alerts (conversation, at);

-- What a story's card quotes in a conversation in place of its first source's words; no sentences: nothing better.
create table gists (
    story text not null,
    conversation text not null,
    gist text not null,
    at bigint not null,
    primary key (story, conversation)
);
create index gists_at on gists (at);

-- What a language model answered, so that it is asked once, and what was spent on it by day.
create table answers (
    question text not null primary key,
    answer text not null,
    at bigint not null
);
create index answers_at on answers (at);
create table spending (
    day text not null primary key,
    tokens bigint not null
);

-- Whether a source's articles are read in full: 'yes', 'no', or as its teasers suggest.
alter table sources add column full_text text not null default '';

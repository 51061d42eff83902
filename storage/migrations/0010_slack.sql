-- What the Slack app must not forget: what is being posted, edits that wait, roots that were posted anew, installations.
create table slack_posts (
    key text primary key,
    began bigint not null,
    tries bigint not null,
    receipt text
);
create index slack_posts_began on slack_posts (began);
create table slack_edits (
    conversation text not null,
    message text not null,
    due bigint not null,
    document text not null,
    primary key (conversation, message)
);
create table slack_moves (
    conversation text not null,
    message text not null,
    receipt text not null,
    primary key (conversation, message)
);
create table slack_installations (
    team text primary key,
    sealed text not null,
    at bigint not null
);
create table slack_states (
    state text primary key,
    until bigint not null
);

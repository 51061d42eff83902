-- Where the further messages of a long card stand, by the number of the part, so that edits reach them.
create table slack_parts (
    conversation text not null,
    message text not null,
    number bigint not null,
    receipt text not null,
    at bigint not null,
    primary key (conversation, message, number)
);
create index slack_parts_at on slack_parts (at);

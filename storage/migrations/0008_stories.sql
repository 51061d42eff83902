-- What is remembered of news so that the next report of it is recognised (bot/domain/clustering.py).
create table clusters (
    id bigint not null primary key,
    touched bigint not null,
    cluster text not null
);
create table cluster_terms (
    term text not null primary key,
    entries bigint not null
);
insert into counters (name, value) values ('cluster entries', 0), ('cluster entries that count', 0);

-- What a story said so far, where it once had names.
alter table stories rename column names to said;
drop index stories_last;

-- Groups of versions wait for their time as digests do.
alter table digests add column verb text not null default 'digest';
alter table digests add column story text;

-- What a person pressed a button under.
create index threads_receipt on threads (receipt) where receipt is not null;
create index deliveries_receipt on deliveries (receipt) where receipt is not null;

-- The search index (storage/search.py): which words and characters entries hold. SQLite's FTS5 only.

-- Number in the index; null for what is not there yet, negative for what has changed since.
alter table entries add column indexed bigint;
create index entries_open on entries (first_seen, id) where coalesce(indexed, -1) < 0;
create unique index entries_indexed on entries (abs(indexed)) where indexed is not null;

-- Keys of entries, parted by spaces: only spaces part them. What an entry no longer says stays until it is written anew.
create virtual table search using fts5 (
    keys, content = '', columnsize = 0, detail = 'none', prefix = '3', tokenize = 'ascii'
);
-- Several batches are merged in steps of our own, so that no commit takes long.
insert into search (search, rank) values ('automerge', 0);

-- All keys there are, found by their beginning or by three letters of theirs.
create table search_words (
    number integer primary key,
    word text not null unique
);
create virtual table search_parts using fts5 (
    word, content = 'search_words', content_rowid = 'number', columnsize = 0, detail = 'none',
    tokenize = 'trigram case_sensitive 1'
);
-- Everything up to this number was first seen at `newest` or before.
create table search_marks (
    newest integer primary key,
    row bigint not null
);

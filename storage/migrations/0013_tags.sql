-- Tags (storage/tags.py): which sets of the vocabulary an entry may name, as words of the search index.

-- A word that sets ask for, by its forms: a beginning (after a star: a part of words), and how many letters may follow
-- it, or, after a slash each, what may follow it.
create table tag_forms (
    stem text not null,
    word bigint not null,
    rest text not null,
    primary key (stem, word, rest)
) without rowid;
-- What an entry may name: it holds a word (0: whatever it holds) and all the others.
create table tag_needs (
    word bigint not null,
    others text not null,
    name text not null
);
create index tag_needs_word on tag_needs (word);
-- Rows of the index above this one hold the tags of this version of the vocabulary; one such mark, or none.
create table tag_marks (
    version text not null,
    row bigint not null
);

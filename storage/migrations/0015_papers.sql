-- The documents of a meeting, by what they call it.
create index entries_meeting on entries (json_extract(rest, '$.facts.meeting')) where kind = 'document';

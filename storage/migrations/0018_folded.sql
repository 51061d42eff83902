-- Digits of other scripts, the Ukrainian apostrophe, nuqta and chandrabindu are folded (bot/domain/folding.py): entries
-- that have them are indexed again, under their old numbers; so are those with numbers of documents, which are known
-- without edition and sign too (bot/domain/comparing.py).
update entries set indexed = -indexed
where indexed > 0 and (rest like '%"number":%'
  or (title || ' ' || text || ' ' || coalesce(rest, '')) glob '*[٠-٩۰-۹०-९০-৯ʼँ़क़-य़]*');

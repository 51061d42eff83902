-- Digits of other scripts, the Ukrainian apostrophe, nuqta and chandrabindu are folded (bot/domain/folding.py): entries
-- that have them are indexed again, under their old numbers.
update entries set indexed = -indexed
where indexed > 0 and (title || ' ' || text || ' ' || coalesce(rest, '')) glob '*[٠-٩۰-۹०-९০-৯ʼँ़क़-य़]*';

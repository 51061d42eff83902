"""The index against a naive reading of the same rules: regular expressions over folded text."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Entry, Kind
from bot.domain.folding import fold
from bot.domain.matching import NO_CONTEXT, WatchIndex
from bot.domain.query import And, Exact, Near, Not, Or, Phrase, Prefix, Query, Within, Words, all_of, any_of, none_of
from bot.domain.watches import WatchId

WORDS = ("camera", "cameras", "Facial", "recognition", "police", "été", "x1")
TEXT = st.lists(
    st.tuples(st.sampled_from((*WORDS, "of", "the", "Police")), st.sampled_from((" ", " ", "-", ", ", ". "))),
    max_size=14,
).map(lambda pieces: "".join(f"{word}{gap}" for word, gap in pieces))


def no_stem(word: str, lang: str) -> str:  # noqa: ARG001  # the port's shape
    return word


leaves: st.SearchStrategy[Query] = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(lambda words: Words(tuple(words))),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda words: Phrase(" ".join(words))),
    st.sampled_from(WORDS).map(Exact),
    st.sampled_from(("cam", "fac", "poli")).map(Prefix),
)
near = st.builds(Near, leaves, leaves, st.integers(1, 4))
queries = st.recursive(
    leaves | near | st.builds(Within, st.sampled_from(("title", "text")), leaves),
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(all_of),
        st.lists(parts, min_size=2, max_size=3).map(any_of),
        parts.map(none_of),
    ),
    max_leaves=6,
)


def pattern(word: str) -> str:
    folded = fold(word)
    if len(folded) <= 3:
        return folded
    grown = rf"{folded}\w{{0,3}}"
    if folded.endswith("s"):
        grown = rf"{folded}\w{{0,3}}|{folded[:-1]}\w{{0,3}}"
    if folded[-1] in "aeio":
        grown = rf"{grown}|{folded[:-1]}(?:a|e|i|o|as|es|os)"
    return f"(?:{grown})"


def places(query: Query, text: str) -> list[tuple[int, int]]:
    """First and last word of every place, counted in words."""
    words = re.findall(r"\w+", text)
    folded = [fold(word) for word in words]
    match query:
        case Words(wanted):
            found = [[n for n, word in enumerate(folded) if re.fullmatch(pattern(one), word)] for one in wanted]
            return _together(found)
        case Phrase(phrase):
            between = r"(?:[\s-]+(?:of|the)(?=[\s-]))?" * 2 + r"[\s-]+"
            regex = rf"(?<!\w)(?={between.join(map(pattern, phrase.split()))}(?!\w))"
            return [_words(fold(text), match.start(), phrase) for match in re.finditer(regex, fold(text))]
        case Exact(exact):
            return [(n, n) for n, word in enumerate(words) if word == exact]
        case Prefix(prefix):
            return [(n, n) for n, word in enumerate(folded) if word.startswith(prefix)]
        case _:
            raise AssertionError(query)


def _words(text: str, start: int, phrase: str) -> tuple[int, int]:
    first = len(re.findall(r"\w+", text[:start]))
    return first, first + len(phrase.split()) - 1


def _together(found: list[list[int]]) -> list[tuple[int, int]]:
    spans = [(n, n) for n in found[0]]
    for others in found[1:]:
        spans = [(min(a, n), max(b, n)) for a, b in spans for n in others]
    return [(a, b) for a, b in spans if b - a <= 8]


def holds(query: Query, texts: tuple[str, ...]) -> bool:
    match query:
        case And(parts):
            return all(holds(part, texts) for part in parts)
        case Or(parts):
            return any(holds(part, texts) for part in parts)
        case Not(part):
            return not holds(part, texts)
        case Within(field, part):
            return holds(part, (texts[("title", "text").index(field)],))
        case Near(left, right, distance):
            pairs = [(a, b) for text in texts for a in places(left, text) for b in places(right, text)]
            return any(0 < b[0] - a[1] <= distance or 0 < a[0] - b[1] <= distance for a, b in pairs)
        case _:
            return any(places(query, text) for text in texts)


def plain(query: Query) -> bool:
    """Phrases with function words skipped have no simple place: leave them out of NEAR."""
    if isinstance(query, Near):
        return not any(isinstance(side, Phrase) for side in (query.left, query.right))
    match query:
        case And(parts) | Or(parts):
            return all(map(plain, parts))
        case Not(part):
            return plain(part)
        case _:
            return True


@given(st.lists(queries.filter(plain), min_size=1, max_size=6), TEXT, TEXT)
@settings(deadline=None, max_examples=120)
def test_the_index_agrees_with_a_naive_reading(several: list[Query], title: str, text: str) -> None:
    index = WatchIndex(no_stem)
    for number, query in enumerate(several):
        index.put(WatchId(number), query)
    entry = Entry(key="1", kind=Kind.NEWS, title=title, text=text)
    matched = index.match(entry, NO_CONTEXT)
    assert [match.watch for match in matched] == [n for n, query in enumerate(several) if holds(query, (title, text))]
    for match in matched:
        for hit in match.hits:
            value = entry.title if hit.field == "title" else entry.text
            assert 0 <= hit.start < hit.end <= len(value)
            assert value[hit.start : hit.end].strip(" -,.") == value[hit.start : hit.end]
            assert (
                set(fold(hit.term.rstrip("*"))[:3].split()) & {fold(value[hit.start : hit.end])[:3]} or " " in hit.term
            )

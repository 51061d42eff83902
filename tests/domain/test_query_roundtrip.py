"""`str` is canonical: whatever tree or typing it comes from, it reads back the same."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.errors import QueryError
from bot.domain.query import (
    TEXT_FIELDS,
    And,
    Concept,
    Exact,
    Inside,
    Is,
    Near,
    Or,
    Phrase,
    Prefix,
    Query,
    Within,
    Words,
    all_of,
    any_of,
    none_of,
    positive,
)
from bot.domain.query_parser import parse
from bot.domain.query_words import describe

WORD = st.text("abcdeéßжñ脸認", min_size=1, max_size=7) | st.sampled_from(
    ["and", "or", "F.743.1", "C++", "U.S.", "ITU-T", "l'état", "Q7/21", "12:30", "near", "وجه"]
)
LETTERS = st.text("abcdefgжñ", min_size=4, max_size=8)
TEXT = st.text(st.sampled_from('abc é,()|*@=-.:/’AND"'.replace('"', "")), max_size=12).map(
    lambda text: " ".join(f"x{text}".split())
)

leaves: st.SearchStrategy[Query] = st.one_of(
    st.lists(WORD, min_size=1, max_size=4).map(lambda words: Words(tuple(words))),
    TEXT.map(Phrase),
    TEXT.map(Exact),
    LETTERS.map(Prefix),
    LETTERS.map(Inside),
    st.sampled_from(["dahua", "facial-recognition", "видео"]).map(Concept),
)
values: st.SearchStrategy[Query] = st.one_of(
    st.lists(st.sampled_from(["news", "meeting", "work-item"]), min_size=1, unique=True).map(
        lambda kinds: Is("kind", tuple(kinds))
    ),
    st.lists(st.sampled_from(["F.743.1", "F.743.*", "RFC 9110", "X.1096 (ex)"]), min_size=1, unique=True).map(
        lambda numbers: Is("number", tuple(numbers))
    ),
    st.sampled_from(["fr", "pt-br"]).map(lambda lang: Is("lang", (lang,))),
    st.dates().map(lambda day: Is("since", (day.isoformat(),))),
)


def placed(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return st.one_of(
        st.builds(Near, leaves, leaves, st.integers(1, 50)),
        st.builds(Near, st.builds(Near, leaves, leaves), st.lists(leaves, min_size=2, max_size=3).map(any_of)),
        parts,
    )


def combined(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(all_of),
        st.lists(parts, min_size=2, max_size=3).map(any_of),
        parts.map(none_of),
    )


inner = st.recursive(placed(leaves), combined, max_leaves=5)
fields = st.builds(Within, st.sampled_from(TEXT_FIELDS), inner)
queries = st.recursive(placed(leaves) | values | fields, combined, max_leaves=10).filter(positive)


@given(queries)
@settings(deadline=None, max_examples=100)
def test_a_tree_survives_being_written(query: Query) -> None:
    assert parse(str(query)) == query


def _read(text: str) -> Query | QueryError:
    try:
        return parse(text)
    except QueryError as error:
        return error


@given(st.text(max_size=60) | st.text('ab" ,()|-=*@:/ANDORTNE8\n人脸title', max_size=60))
@settings(deadline=None, max_examples=300)
@example("-a b NEAR/3 (c|d)")
@example("AND. OR.")
@example("title:AND.")
@example('=a"b"c')
@example("K:a å")
def test_whatever_is_typed_reads_back_the_same_or_is_refused(text: str) -> None:
    query = _read(text)
    if isinstance(query, QueryError):
        assert 0 <= query.position <= len(query.query)
        assert str(query)
        return
    assert parse(str(query)) == query
    assert str(parse(str(query))) == str(query)
    assert describe(query)


def test_joining_what_is_joined_already_changes_nothing() -> None:
    a, b, c = (Words((word,)) for word in "abc")
    assert all_of([a, all_of([b, c])]) == And((a, b, c))
    assert any_of([any_of([a, b]), c]) == Or((a, b, c))
    assert none_of(none_of(a)) == a

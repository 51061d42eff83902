"""What every entry that a query matches must hold: how a search finds few entries to look at among many.

A cover reads a query by the matcher's own rules (`bot.domain.terms`, `inflection.Form`) and keeps
of them only what single words decide: order, distance, fields and NOT are left to the matcher, which has the last word.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import combinations, pairwise

from bot.domain import terms
from bot.domain.analysis import holds_words, is_lone, raws, token
from bot.domain.clues import SETS, Itself
from bot.domain.comparing import number_form, numbers
from bot.domain.compiling import CODES
from bot.domain.entries import Entry, Kind, fact
from bot.domain.inflection import ANY_LENGTH, Form
from bot.domain.ports import Stem
from bot.domain.query import (
    And,
    Concept,
    Exact,
    Inside,
    Is,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Within,
    Words,
    children,
)
from bot.domain.sheets import NO_CONTEXT, texts
from bot.domain.terms import Test
from bot.domain.values import by_value
from bot.domain.vocabulary import Confidence, TermSet, Vocabulary, Wording

KIND, NUMBER, TAG = ":", "#", "@"
"""What goes before a kind, a number and a tag among the keys: no word begins so."""

OF_SOURCES = frozenset({"source", "body"})
"""Fields that sources bring, under names that change."""

REMEMBERED = 50_000
"""Distinct tokens whose readings are remembered."""


@by_value(kw_only=False)
class Word:
    """A key that one of the forms accepts."""

    forms: tuple[Form, ...]


@by_value(kw_only=False)
class All:
    """Every part."""

    parts: tuple["Cover", ...]


@by_value(kw_only=False)
class Some:
    """At least one of the parts; of none, nothing."""

    parts: tuple["Cover", ...]


@by_value(kw_only=False)
class Everything:
    """No condition."""


@by_value(kw_only=False)
class Named:
    """A set of the vocabulary. What covers it is worked out only where its tag does not serve.

    Attributes:
        version: of the vocabulary and of how it is read; entries are tagged with the sets of one version.

    """

    one: Itself
    stem: Stem
    version: str

    @property
    def tag(self) -> str:
        """The key of the entries that may name it."""
        return tag_key(self.version, self.one.termset.name)


Cover = Word | All | Some | Everything | Named

EVERYTHING = Everything()

READ_AS = "1"
"""Changes whenever other words are asked for by the same sets, so that entries are tagged anew (a test tells)."""


@by_value
class Keys:
    """What an entry is found by.

    Attributes:
        words: its tokens in every reading, its kind, its numbers.
        pairs: neighbouring characters of scripts without spaces.

    """

    words: frozenset[str]
    pairs: frozenset[str] = frozenset()


def keys(entry: Entry) -> Keys:
    """Return the keys of an entry; what its source is called is not among them."""
    words: set[str] = {kind_key(entry.kind)}
    pairs: set[str] = set()
    for _, text in texts(entry, NO_CONTEXT):
        found = raws(text)
        words.update(*map(_readings, set(found)))
        if not text.isascii():
            folded = [_readings(raw)[0] for raw in found]
            pairs.update(one + other for one, other in pairwise(folded) if is_lone(one) and is_lone(other))
    words.update(f"{NUMBER}{number}" for number in numbers(fact(entry, "number")))
    return Keys(words=frozenset(words), pairs=frozenset(pairs))


def kind_key(kind: str) -> str:
    """Return the key of a kind."""
    return f"{KIND}{kind}"


def tag_key(version: str, name: str) -> str:
    """Return the key of the entries that may name a set of a version of the vocabulary."""
    return f"{TAG}{version}-{name}"


def tagging_version(vocabulary: Vocabulary) -> str:
    """Return the version of tags; empty for a vocabulary that says none: its sets are looked for by their words."""
    return f"{READ_AS}{vocabulary.version}" if vocabulary.version else ""


@lru_cache(maxsize=REMEMBERED)
def _readings(raw: str) -> tuple[str, ...]:
    return token(raw).readings


def covers(cover: Cover, found: Keys) -> bool:
    """Tell whether an entry with these keys satisfies a cover."""
    match cover:
        case All(parts):
            return all(covers(part, found) for part in parts)
        case Some(parts):
            return any(covers(part, found) for part in parts)
        case Word(forms):
            return any(form.accepts(key) for key in (*found.words, *found.pairs) for form in forms)
        case Named():
            return covers(spelt_out(cover), found)
        case Everything():
            return True


def cover(query: Query, stem: Stem, vocabulary: Vocabulary) -> Cover:
    """Return what every match of a query, understood already, satisfies."""
    return _Reader(stem, vocabulary).judged(query)


def sets_of(cover: Cover) -> Iterator[Named]:
    """Yield the sets that a cover names."""
    return (one for one in _leaves(cover) if isinstance(one, Named))


def words_of(cover: Cover) -> Iterator[Word]:
    """Yield the words that a cover asks for, those of its sets left out."""
    return (one for one in _leaves(cover) if isinstance(one, Word))


def _leaves(cover: Cover) -> Iterator[Cover]:
    if isinstance(cover, All | Some):
        for part in cover.parts:
            yield from _leaves(part)
    else:
        yield cover


def spelt_out(cover: Cover) -> Cover:
    """Return a cover with sets as their words; half a second's work for the largest, once."""
    return _with_sets(cover, lambda one: _named(one.one, one.stem))  # type: ignore[arg-type]  # functions hash


def without_sets(cover: Cover) -> Cover:
    """Return what a cover asks for beside its sets."""
    return _with_sets(cover, lambda _: EVERYTHING)


def _with_sets(cover: Cover, read: Callable[[Named], Cover]) -> Cover:
    """Return a cover with its sets read so."""
    match cover:
        case Named():
            return read(cover)
        case All(parts):
            return all_of(_with_sets(part, read) for part in parts)
        case Some(parts):
            return some_of(_with_sets(part, read) for part in parts)
        case _:
            return cover


def all_of(parts: Iterable[Cover]) -> Cover:
    """Join by AND; what asks for nothing is left out."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,))]
    asking = tuple(dict.fromkeys(part for part in flat if part != EVERYTHING))
    return EVERYTHING if not asking else asking[0] if len(asking) == 1 else All(asking)


def some_of(parts: Iterable[Cover]) -> Cover:
    """Join by OR; beside what asks for nothing nothing is asked, and beside "face" no "face recognition"."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Some) else (part,))]
    several = tuple(dict.fromkeys(flat))
    if EVERYTHING in several:
        return EVERYTHING
    widest = _widest(several)
    return widest[0] if len(widest) == 1 else Some(widest)


def _widest(several: tuple[Cover, ...]) -> tuple[Cover, ...]:
    """Leave out what asks for one or two things that are enough by themselves, and for more."""
    numbers: dict[Cover, int] = {}
    asked = [
        frozenset(numbers.setdefault(need, len(numbers)) for need in (part.parts if isinstance(part, All) else (part,)))
        for part in several
    ]
    enough = set(asked)
    return tuple(
        part
        for part, needs in zip(several, asked, strict=True)
        if not any(
            frozenset(few) in enough for size in (1, 2) if size < len(needs) for few in combinations(needs, size)
        )
    )


@by_value(kw_only=False)
class _Reader:
    """Follows `bot.domain.compiling.Compiler`, rule by rule."""

    stem: Stem
    vocabulary: Vocabulary

    def judged(self, query: Query, field: str = "") -> Cover:
        match query:
            case And(parts):
                return all_of(self.judged(part, field) for part in parts)
            case Or(parts):
                return some_of(self.judged(part, field) for part in parts)
            case Not():
                return EVERYTHING
            case Within(inner, part):
                return self.judged(part, inner)
            case Is():
                return _value(query)
            case _:
                return EVERYTHING if field in OF_SOURCES else self.standing(query, codes=field in CODES)

    def standing(self, query: Query, *, codes: bool) -> Cover:
        """Cover what stands somewhere in a passage."""
        match query:
            case Near():
                return all_of(self.standing(side, codes=codes) for side in children(query))
            case And() | Or():
                return some_of(self.standing(part, codes=codes) for part in children(query))
            case Concept(name):
                return self.named(self.vocabulary.sets[name])
            case Not() | Is() | Within():
                return EVERYTHING
            case leaf:
                return self.leaf(leaf, codes=codes)

    def named(self, termset: TermSet) -> Cover:
        """Cover a set by its tag, if the vocabulary has a version."""
        one = Named(Itself(termset), self.stem, tagging_version(self.vocabulary))
        return one if one.version else spelt_out(one)

    def leaf(self, leaf: Words | Phrase | Exact | Prefix | Inside, *, codes: bool) -> Cover:
        match leaf:
            case Words() | Phrase() if codes:
                return some_of(map(_sequence, terms.codes(str(leaf).strip('"'), self.stem)))
            case Words(words):
                return all_of(some_of(map(_sequence, members)) for members in terms.words(words, self.stem))
            case Phrase(text):
                return _sequence(terms.phrase(text, self.stem))
            case Exact(text):
                return _sequence(terms.exact(text))
            case Prefix(text):
                return Word((Form(token(text).word, ANY_LENGTH),))
            case Inside(text):
                return Word((Form(token(text).word, inside=True),))


@lru_cache(maxsize=SETS)
def _named(one: Itself, stem: Stem) -> Cover:
    """Cover a set: once for all searches, as the largest sets take half a second."""
    return named(one.termset, stem)


def named(termset: TermSet, stem: Stem) -> Cover:
    """Cover a set, as `bot.domain.concepts` looks for it; language, company and `unless` are left to that."""
    wordings = [one for one in termset.wordings if one.confidence is not Confidence.LOW]
    rules = [rule for rule in termset.nearby if rule.confidence is not Confidence.LOW]
    said = [_wording(termset, one, stem) for one in wordings if holds_words(one.text)]
    return some_of([*said, *(all_of(map(_side, rule.sides)) for rule in rules)])


def _wording(termset: TermSet, wording: Wording, stem: Stem) -> Cover:
    if wording.exact:
        return _sequence(terms.acronym(wording.text).sequence())
    if termset.company:
        return some_of(_sequence(name.sequence()) for name in terms.name(wording.text, wording.lang))
    return _sequence(terms.wording(wording.text, wording.lang, stem).sequence())


def _side(side: tuple[str, ...]) -> Cover:
    return some_of(_alternative(text) for text in side if holds_words(text))


@lru_cache(maxsize=4_096)
def _alternative(text: str) -> Cover:
    """Cover an alternative of a rule; the rules of a set repeat them."""
    return _sequence(terms.side(text).sequence())


def _sequence(parts: terms.Sequence) -> Cover:
    """Cover tokens that follow each other; pairs of characters stand for both."""
    if not parts:
        return EVERYTHING
    lone = [_lone(part.test) for part in parts]
    joined = [
        bool(one and other and not after.skips) for one, other, after in zip(lone, lone[1:], parts[1:], strict=False)
    ]
    pairs = [Word((Form(one + other),)) for one, other, pair in zip(lone, lone[1:], joined, strict=False) if pair]
    paired = [left or right for left, right in pairwise((False, *joined, False))]
    singles = [Word(_forms(part.test)) for part, done in zip(parts, paired, strict=True) if not done]
    return all_of([*pairs, *singles])


def _lone(test: Test) -> str:
    """Return the character of an unsegmented script that a test asks for, if it does."""
    if len(test.forms) != 1:
        return ""
    [form] = test.forms
    return form.stem if is_lone(form.stem) and not (form.tail or form.endings or form.inside) else ""


def _forms(test: Test) -> tuple[Form, ...]:
    """Return the folded words that pass a test, or more."""
    if test.forms:
        return test.forms
    word = token(test.written or test.acronym).word
    return (Form(word),) if test.written else (Form(word), Form(f"{word}s"))


def _value(query: Is) -> Cover:
    """Cover what entries say themselves; their language and day may be their source's."""
    match query.field:
        case "kind":
            return Word(tuple(Form(kind_key(kind)) for kind in query.values if kind in set(Kind)))
        case "number":
            found = (number_form(pattern) for pattern in query.values)
            return Word(tuple(Form(f"{NUMBER}{form.stem}", form.tail) for form in found))
        case _:
            return EVERYTHING

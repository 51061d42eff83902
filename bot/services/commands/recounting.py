"""A replay in words: how much, how often, from whom, by which words, and what would change it."""

from collections.abc import Callable, Mapping, Sequence

from bot.domain.changes import Known
from bot.domain.document import Block, Bullets, Line, Moment, Paragraph, Style, Text
from bot.domain.query import And, Near, Not, Or, Phrase, Query, Within, Words, children, rebuilt, walk
from bot.domain.understanding import Lexicon
from bot.domain.watches import Hit
from bot.services.commands.arguments import clipped
from bot.services.commands.paging import counted
from bot.services.commands.quoting import quoted
from bot.services.commands.replaying import Found, Replay, terms, told_at

NOISY = 5
"""Posts a day over which a watch is worth narrowing (design §3)."""
EXAMPLES = 5
LONGEST_TITLE, LONGEST_QUOTATION = 90, 160
LONGEST_CHOICE = 150
"""Characters of a line that is offered to type."""
LONGEST_TERM = 40
MOST_BODIES = 5
MOST_SILENT = 8
Change = Callable[[Query], Query]


def past(replay: Replay, query: Query) -> tuple[Block, ...]:
    """Say what a query would have posted; `query` is what was understood."""
    if not replay.posts:
        days = "day" if replay.days == 1 else f"{replay.days:,} days"
        silence = f"Nothing stored from the last {days} matches; you hear of the first that does."
        return (Paragraph((Text(silence),)),)
    assert replay.last is not None  # noqa: S101  # it has matches
    would = f"Would have posted {replay.posts:,} in {counted(replay.days, 'day')}, {rhythm(replay)}; last match "
    blocks: list[Block] = [Paragraph((Text(would), Moment(replay.last), Text(".")))]
    if replay.looked_at is not None:
        blocks.append(Paragraph((Text(f"Only the newest {replay.looked_at:,} that may match were looked at."),)))
    if len(replay.bodies) > 1:
        blocks.append(Paragraph((Text(f"From {_shares(replay.bodies)}."),)))
    blocks.append(Bullets(tuple(example(found) for found in replay.openings[:EXAMPLES])))
    said = _terms(replay, query)
    return (*blocks, Paragraph((Text(said),))) if said else tuple(blocks)


def rhythm(replay: Replay) -> str:
    """Say how often that is, in the unit that a person would choose."""
    if replay.days < 7:  # noqa: PLR2004  # days of a week
        return "all that is stored so far"
    if replay.a_day >= 1:
        return f"about {round(replay.a_day)} a day"
    a_week = round(replay.a_day * 7)
    return f"about {a_week} a week" if a_week else "less than one a week"


def example(found: Found) -> Line:
    """Show a match: its title, when, and the words that matched in their sentence."""
    known, hits = found
    title: Line = (Text(clipped(known.entry.title, LONGEST_TITLE), Style.STRONG), Text(", "), Moment(told_at(known)))
    sentence = quoted(known.entry, hits, LONGEST_QUOTATION)
    return (*title, Text(": "), *sentence) if _says_more(known, hits, sentence) else title


def _says_more(known: Known, hits: Sequence[Hit], sentence: Line) -> bool:
    """Tell whether a sentence says more than the title that stands before it, as texts often begin with theirs."""
    if not hits or len(known.entry.title) > LONGEST_TITLE:
        return bool(hits)
    if all(hit.field == "title" for hit in hits):
        return False
    return _bare("".join(span.text for span in sentence if isinstance(span, Text))) != _bare(known.entry.title)


def _bare(text: str) -> str:
    return " ".join(text.split()).rstrip(".!?…。").casefold()


def _shares(bodies: Sequence[tuple[str, int]]) -> str:
    said = [f"{clipped(body, 40)} {count:,}" for body, count in bodies[:MOST_BODIES]]
    left = sum(count for _, count in bodies[MOST_BODIES:])
    return ", ".join([*said, *([f"others {left:,}"] if left else [])])


def _terms(replay: Replay, query: Query) -> str:
    """Name the noisiest term, the written forms that hit most, and the terms that never did."""
    counts: Mapping[str, int] = dict(replay.terms)
    wanted = terms(query)
    silent = [term for term in wanted if term not in counts]
    said: list[str] = []
    if len(counts) > 1:
        term, count = replay.terms[0]
        said.append(f"Noisiest term: “{clipped(term, LONGEST_TERM)}” ({count:,}).")
    forms = _forms(replay)
    if len(forms) > 1:
        said.append(f"Found as {', '.join(forms)}.")
    if silent and len(wanted) > 1:
        left = f" and {len(silent) - MOST_SILENT:,} more" if len(silent) > MOST_SILENT else ""
        named = ", ".join(f"“{clipped(term, LONGEST_TERM)}”" for term in silent[:MOST_SILENT])
        said.append(f"Never hit: {named}{left}.")
    return " ".join(said)


def _forms(replay: Replay) -> list[str]:
    """Return the most frequent written forms that hit, with how many entries hold each."""
    counts: dict[str, int] = {}
    for known, hits in replay.found:
        texts = {"title": known.entry.title, "text": known.entry.text}
        written = {texts[hit.field][hit.start : hit.end].casefold() for hit in hits if hit.field in texts}
        for one in written:
            counts[one] = counts.get(one, 0) + 1
    most = sorted(counts.items(), key=lambda row: (-row[1], row[0]))[:4]
    return [f"“{clipped(' '.join(form.split()), 40)}” ({count:,})" for form, count in most]


def variants(query: Query, lexicon: Lexicon) -> Sequence[Query]:
    """Return narrower and wider readings of a typed query: in quotes, as concepts, in titles only."""
    quoted_ = _with(query, _as_phrase)
    meant = _with(query, lambda leaf: _as_words(leaf, lexicon))
    found = [one for one in (quoted_, meant) if one != query]
    if not any(isinstance(node, Within | Not) for node in walk(query)):
        found.append(Within("title", query))
    return found


def _with(query: Query, change: Change) -> Query:
    match query:
        case And() | Or() | Not() | Near():
            return rebuilt(query, [_with(part, change) for part in children(query)])
        case Within(field, part) if field in {"title", "text"}:
            return Within(field, _with(part, change))
        case _:
            return change(query)


def _as_phrase(leaf: Query) -> Query:
    return Phrase(" ".join(leaf.words)) if isinstance(leaf, Words) else leaf


def _as_words(leaf: Query, lexicon: Lexicon) -> Query:
    known = isinstance(leaf, Phrase) and lexicon.known(leaf.text) is not None
    return Words(tuple(leaf.text.split())) if known and isinstance(leaf, Phrase) else leaf


def choices(replay: Replay, others: Sequence[tuple[Query, Replay]], command: str) -> tuple[Block, ...]:
    """Offer the readings that would post another number, as lines to type."""
    lines: list[Line] = []
    for query, other in others:
        line = f"{command} {query}"
        if other.posts != replay.posts and len(line) <= LONGEST_CHOICE:
            lines.append((Text(line, Style.CODE), Text(f" would have posted {other.posts:,}")))
    return (Paragraph((Text("Narrower or wider:"),)), Bullets(tuple(lines))) if lines else ()

"""Rules by which bodies set days, as data: how long, counted from what, and the text and edition that says so.

A new edition of a rule is another line here. Days are calendar days of the body's seat; none of them has a zone.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.domain.values import by_value

NOT_MEMBERS = "Only members can contribute: ask your national delegation before that day."
NO_COMMENTS = (
    "Only Member States and members of ITU can comment: ask your national administration to do so before that day."
)
ANYBODY = "Anybody may comment: write to the list that the announcement names."
ADDRESSED = "It is asked of those to whom it is addressed: tell your national administration what it should answer."


@by_value
class Due:
    """Something that has to be done by a day that an entry's source or a rule gives.

    Attributes:
        name: one word, stable: it is part of a reminder's identity.
        what: said as "… are due".
        fact: the entry's fact that holds the day, where the source gives it.
        days, months: else so many calendar days or months before a meeting's first day.
        about: a custom, not a limit.
        source: Recommendation, edition and clause.
        outsider: what somebody without a seat can do.
        stage: the rung on which it is due; nothing is due any more of what stands higher.
        reminded: days before it at which a channel hears of it; none for what is only shown.

    """

    name: str
    what: str
    body: str
    fact: str = ""
    days: int = 0
    months: int = 0
    about: bool = False
    source: str
    outsider: str = ""
    stage: str = ""
    reminded: tuple[int, ...] = ()

    def before(self, starts: date) -> date:
        """Return the day by which it is due for a meeting whose first day is `starts`."""
        return _months_after(starts, -self.months) - timedelta(days=self.days)


def _months_after(when: date, months: int) -> date:
    """Return the same day of a later month (an earlier one, if `months` is negative), or its last if it is shorter."""
    year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
    return date(year, month + 1, min(when.day, monthrange(year, month + 1)[1]))


STEPS = (14, 7, 1)
"""Days before a deadline at which a channel hears of it (design §3)."""

LETTER = Due(
    name="letter",
    what="the collective letter announces the meeting",
    body="ITU-T",
    months=2,
    about=True,
    source="Rec. ITU-T A.1 (10/2016) §1.3",
)
CONTRIBUTIONS = Due(
    name="contributions",
    what="contributions are due",
    body="ITU-T",
    fact="contribution_deadline",
    days=12,
    source="Rec. ITU-T A.1 (10/2016) §3.1.8",
    outsider=NOT_MEMBERS,
    reminded=STEPS,
)
TEMPORARY_DOCUMENTS = Due(
    name="documents",
    what="temporary documents are to be available",
    body="ITU-T",
    fact="documents_available",
    days=7,
    source="Rec. ITU-T A.1 (10/2016) §3.3.3",
)
REGISTRATION = Due(
    name="registration",
    what="registration closes",
    body="",
    fact="registration_until",
    source="as its list or letter says",
    outsider="Who may not register can ask the national delegation, or the host of an open meeting.",
    reminded=STEPS,
)
"""No rule sets it: it is due where a source gives the day."""
MEETINGS: Sequence[Due] = (LETTER, REGISTRATION, CONTRIBUTIONS, TEMPORARY_DOCUMENTS)
"""Of meetings of a whole study group, working party or TSAG; in the order in which they fall."""

TEXTS: Sequence[Due] = (
    Due(
        name="last-call",
        what="the Last Call ends",
        body="ITU-T",
        fact="last_call_until",
        stage="last call",
        source="Rec. ITU-T A.8 (10/2008) §4.1",
        outsider=NO_COMMENTS,
        reminded=STEPS,
    ),
    Due(
        name="additional-review",
        what="the Additional Review ends",
        body="ITU-T",
        fact="additional_review_until",
        stage="additional review",
        source="Rec. ITU-T A.8 (10/2008) §4.5",
        outsider=NO_COMMENTS,
        reminded=STEPS,
    ),
    Due(
        name="last-call",
        what="the Last Call ends",
        body="IETF",
        fact="last_call_until",
        stage="last call",
        source="RFC 2026 §6.1.2",
        outsider=ANYBODY,
        reminded=STEPS,
    ),
    REGISTRATION,
    Due(
        name="reply",
        what="answers are due",
        body="",
        fact="reply_by",
        source="as the document says",
        outsider=ADDRESSED,
        reminded=STEPS,
    ),
)
"""Of texts and letters, as their facts give the day."""

LAST_CALL = timedelta(weeks=4)
"""Rec. ITU-T A.8 (10/2008) §4.1."""
AAP_STARTS = (1, 16)
"""Days of the month on which the Director announces; seen in 71 % of the 5,476 approvals since 2010."""
AAP_SOURCE = "Rec. ITU-T A.8 (10/2008) §4.1"
CONSULTATION_MONTHS, CONSULTATION_SHARE, REPLIES_BEFORE = 3, 70, 7
"""Traditional approval: months at least, per cent of replies, working days before the meeting that decides."""
TAP_SOURCE = "WTSA Res. 1 (Hammamet, 2016) §9"
SHORT_NOTICE = timedelta(days=14)
"""A meeting announced later than that is on short notice: Rec. ITU-T A.1 (10/2016) §2.3.3.11 asks it of e-meetings."""


@by_value(kw_only=False)
class Span:
    """First and last day, both included."""

    first: date
    last: date


def aap_starts(after: date) -> Iterator[date]:
    """Yield the days after `after` on which a Last Call can begin."""
    day = after + timedelta(days=1)
    while True:
        if day.day in AAP_STARTS:
            yield day
        day += timedelta(days=1)


def last_call_after(consented: date) -> Span:
    """Return the earliest Last Call of a text that was consented: it often begins later, when the text is edited."""
    first = next(aap_starts(consented))
    return Span(first, first + LAST_CALL - timedelta(days=1))


def last_call_around(seen: date) -> Span:
    """Return the Last Call that is open on a day, if it began on the latest day on which one can."""
    first = seen
    while first.day not in AAP_STARTS:
        first -= timedelta(days=1)
    return Span(first, first + LAST_CALL - timedelta(days=1))


def consultation_after(determined: date) -> date:
    """Return the first day on which a meeting may approve a text that was determined."""
    return _months_after(determined, CONSULTATION_MONTHS)

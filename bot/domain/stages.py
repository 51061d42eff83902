"""Rungs on the ladders of standards bodies, in the order in which a text climbs them (design §2)."""

from collections.abc import Mapping, Sequence

from bot.domain.entries import Entry, fact

LADDER: Sequence[Sequence[str]] = (
    ("new", "new work item", "proposal", "preliminary"),
    ("under study", "preparatory", "committee"),
    ("consented", "determined", "enquiry"),
    ("last call",),
    ("last call judgement",),
    ("additional review",),
    ("additional review judgement", "study group meeting", "approval"),
    ("agreed", "approved", "published", "publication"),
    ("in force", "confirmed", "review"),
    ("superseded",),
    ("withdrawn", "deleted", "merged", "not approved", "withdrawal"),
)
"""Of ITU-T (Rec. A.8 (10/2008), Res. 1 (Hammamet 2016)) and ISO (harmonized stage codes); one line is one height."""

_HEIGHT: Mapping[str, int] = {stage: height for height, line in enumerate(LADDER) for stage in line}

MEANING: Mapping[str, str] = {
    "consented": "the group finds the text mature; a Last Call of four weeks follows",
    "determined": "the text goes to a consultation of Member States of at least three months",
    "last call": "members may comment for four weeks; without substantive comments it is approved",
    "additional review": "members may comment for three more weeks on the text as revised",
    "carried over": "work goes on in the next study period",
}
"""What a rung means for somebody outside, in one clause."""


def stage_of(entry: Entry) -> str:
    """Return the rung on which an entry stands, empty if it says none."""
    return fact(entry, "stage")


def height(stage: str) -> int:
    """Return how high a rung is; -1 for what is on no ladder."""
    return _HEIGHT.get(stage, -1)

"""ITU-T Recommendations: the MyWorkspace interface (JSON), and the pages that show one.

`searchRecs` lists the whole corpus, `getRecEditions` and `getRecSupplements` parts of it, `getRecHdrDetail` tells all
about one edition and joins it to its work item and AAP record by their numbers.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.entries import Entry
from bot.domain.errors import ParseError
from feeds import itu_recommendation_pages, json_body, markup
from feeds.itu_days import day
from feeds.itu_recommendation import handle, process, recommendation
from feeds.json_body import text
from feeds.page import Page, Parsed
from feeds.text import one_line

_WHAT = "The list of ITU-T Recommendations"
_RELATED = re.compile(r"\[\s*(\d+)\s+related work items?")
_RECORD = re.compile(r"recdetails/(\d+)|AAPSeqNo=(\d+)", re.IGNORECASE)
_MOST_NOTES = 20
_MOST = 50_000


def parse(page: Page) -> Parsed:
    """Read any of the answers, or a page; complete only for the list of all, whole.

    Raise ParseError if it is a firewall's page, or lost the fields that we rely on.
    """
    data = markup.body(page, _WHAT)
    if data[:1] not in (b"{", b"["):
        return itu_recommendation_pages.parse(markup.tree(data, "The page of an ITU-T Recommendation"), page)
    found = json_body.load(data, _WHAT)
    if isinstance(found, list):
        return _listed(json_body.mappings(found), total=None)
    answer = json_body.mapping(found)
    rows = answer.get("Data", answer.get("data"))
    if isinstance(rows, list):
        total = text(answer.get("Total", answer.get("total")))
        return _listed(json_body.mappings(rows), total=int(total) if total.isdecimal() else -1)
    if text(answer.get("idrec")) and text(answer.get("rec_name")):
        return Parsed(entries=(_detail(answer),), count=1)
    raise markup.changed(_WHAT, ["Data", "idrec"], ", ".join(map(str, answer)))


def _listed(rows: Sequence[Mapping[str, Any]], *, total: int | None) -> Parsed:
    """Read rows of editions (`idrec`) or of supplements and guides (`idp_edition`)."""
    missing = [
        " or ".join(names)
        for names in (("idrec", "idp_edition"), ("rec_name",), ("title", "title_text"), ("status",))
        if rows and not any(text(row.get(name)) for row in rows for name in names)
    ]
    if missing:
        raise markup.changed(_WHAT, missing, ", ".join(rows[0]))
    if len(rows) > _MOST:
        raise ParseError(f"{_WHAT} has more than {_MOST} rows; three times the whole corpus is an error.")
    kept: dict[str, Entry] = {}
    notes: list[str] = []
    for number, row in enumerate(rows, 1):
        entry = _row(row)
        if entry is not None:
            kept.setdefault(entry.key, entry)
        elif len(notes) < _MOST_NOTES:
            notes.append(f"Row {number} was skipped: it has no number or no name.")
    if total is not None and total != len(rows):
        notes.append(f"The list says that it has {total} rows and holds {len(rows)}.")
    return Parsed(entries=tuple(kept.values()), count=len(kept), complete=total == len(rows), notes=tuple(notes))


def _row(row: Mapping[str, Any]) -> Entry | None:
    idrec, part, name = text(row.get("idrec")), text(row.get("idp_edition")), text(row.get("rec_name"))
    if not name or not (idrec or part):
        return None
    return recommendation(
        f"idrec {idrec}" if idrec else f"idp {part}",
        name,
        title=text(row.get("title")) or text(row.get("title_text")),
        status=text(row.get("status")),
        approved=day(text(row.get("approval_date"))),
        link=handle(idrec) if idrec else _address(text(row.get("dms_link"))),
        facts={"idrec": idrec},
    )


def _address(link: str) -> str | None:
    """Return where a text is; the interface gives whole addresses, or names such as T-REC-L.163-201811-I."""
    if link.startswith(("http://", "https://")):
        return link
    return f"https://www.itu.int/rec/{link}" if re.fullmatch(r"T-[A-Z]+-[\w.!-]+", link) else None


def _detail(answer: Mapping[str, Any]) -> Entry:
    record = _RECORD.search(text(answer.get("aap_link")))
    related = _RELATED.search(text(answer.get("associated_work")))
    item = text(answer.get("work_item"))
    idrec = text(answer["idrec"])
    return recommendation(
        f"idrec {idrec}",
        text(answer["rec_name"]).removeprefix("ITU-T "),
        title=text(answer.get("rec_title")),
        status=text(answer.get("status")),
        approved=day(text(answer.get("approval_date"))),
        group=text(answer.get("sg")),
        text=str(answer.get("summary") or ""),
        link=handle(idrec),
        facts={
            "idrec": idrec,
            "process": process(text(answer.get("approval_process"))),
            "aap": next(filter(None, record.groups()), "") if record else "",
            "isn": item if item != "0" else "",
            "provisional_name": text(answer.get("rec_prov_name")),
            "equivalent": text(answer.get("iso_number")),
            "series": one_line(text(answer.get("series_title_1")) or text(answer.get("series_title")), html=True),
            "observation": one_line(text(answer.get("observation")), html=True),
            "related_work_items": related[1] if related else "",
        },
    )

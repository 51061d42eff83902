"""The registry of formats: a new format is a pure function and a line here."""

from collections.abc import Mapping
from importlib import import_module

from bot.domain.errors import ParseError
from feeds.page import Keep, Page, Parse, Parsed

FORMATS: Mapping[str, str] = {
    "feed": "feeds.feed:parse",
    "ical": "feeds.ical:parse",
    "itu-meetings": "feeds.itu_meetings:parse",
    "itu-documents": "feeds.itu_documents:parse",
    "itu-work-items": "feeds.itu_work_items:parse",
    "itu-work-item": "feeds.itu_work_item:parse",
    "itu-recommendations": "feeds.itu_recommendations:parse",
    "itu-aap": "feeds.itu_aap:parse",
    "itu-calendar": "feeds.itu_calendar:parse",
    "itu-circulars": "feeds.itu_circulars:parse",
    "itu-rapporteur-meetings": "feeds.itu_rapporteur_meetings:parse",
    "iso": "feeds.iso:parse",
    "ietf": "feeds.ietf:parse",
    "3gpp": "feeds.three_gpp:parse",
}
"""Name to `module:function`; loaded on first use, because a parser brings its libraries along."""


LINE_FILTERS: Mapping[str, str] = {"iso": "feeds.iso:wanted"}
"""Formats whose pages may be far larger than what is wanted of them: what tells from an address which lines to keep."""


def load(name: str) -> Parse:
    """Return the format's parser; KeyError if there is none of that name."""
    module, _, function = FORMATS[name].partition(":")
    parse: Parse = getattr(import_module(module), function)
    return parse


def line_filter(name: str, url: str) -> Keep | None:
    """Return what tells the lines that an address asks for from all others; None if it asks for all."""
    module, _, function = LINE_FILTERS.get(name, "").partition(":")
    return getattr(import_module(module), function)(url) if module else None


def parse(name: str, page: Page) -> Parsed:
    """Read a page; whatever goes wrong inside a parser is a ParseError."""
    try:
        return load(name)(page)
    except ParseError:
        raise
    except Exception as error:  # a hostile body must not take the bot down, whichever library it breaks
        raise ParseError(f"The {name} reader broke on this body ({type(error).__name__}: {error}).") from error

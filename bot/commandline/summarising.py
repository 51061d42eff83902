"""`summarise`: which sentences of a text tell it best, for what was asked."""

from argparse import Namespace

from bot.commandline.reading import opened
from bot.domain.errors import ParseError
from bot.domain.standing import Standing
from bot.domain.summary import summarise as summarised
from bot.records import dumps, records
from bot.wiring.language import stem, vocabulary


def summarise(arguments: Namespace) -> int:
    """Print for each text of standard input its sentences, as they stand there, in the order given."""
    standing = Standing(stem(), vocabulary)
    with opened("-") as lines:
        for record in records(lines, "-"):
            title, text, lang = (_text(record, name) for name in ("title", "text", "lang"))
            asked = standing.places(_terms(record), text, lang)
            chosen = summarised(title, text, asked, most=arguments.sentences, characters=arguments.chars or 0)
            print(dumps({"id": record.get("id"), "sentences": chosen}))
    return 0


def _text(record: dict[str, object], name: str) -> str:
    value = record.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise ParseError(f"Text {record.get('id')!r}: {name} must be a text; write it in quotation marks.")


def _terms(record: dict[str, object]) -> list[str]:
    terms = record.get("terms") or []
    if isinstance(terms, list) and all(isinstance(term, str) for term in terms):
        return terms
    raise ParseError(f'Text {record.get("id")!r}: terms must be a list of texts, such as ["facial recognition"].')

"""Indexes and answers, in XML and JSON, as other captures could hold them: read the same, or a changed shape."""

import json
import re
from collections.abc import Callable, Mapping

import pytest

from bot.domain.errors import ParseError
from tests.feeds.captures import JSON, XML, Mutation, read, unlike

VALUE = re.compile(r">([^<>\s][^<>]*)</")
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T00:00:00)?(?=</)")


def of_values(change: Callable[[str], str]) -> Mutation:
    return lambda text: VALUE.sub(lambda found: f">{change(found[1])}</", text)


def of_root(more: str) -> Mutation:
    return lambda text: re.sub(r"<(dataroot|page_content)\b", rf"<\1 {more}", text, count=1)


def prefixed(text: str) -> str:
    return (
        of_root('xmlns:o="urn:x"')(text)
        .replace("<dataroot", "<o:dataroot")
        .replace("<page_content", "<o:page_content")
        .replace("</dataroot", "</o:dataroot")
        .replace("</page_content", "</o:page_content")
    )


XML_ALIKE: Mapping[str, Mutation] = {
    "carriage returns": lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
    "one line": lambda text: re.sub(r">\s+<", "><", text),
    "values on lines of their own": of_values(lambda value: f"\n    {value}\n  "),
    "CDATA": of_values(lambda value: f"<![CDATA[{value.replace('&amp;', '&')}]]>"),
    "comments": of_values(lambda value: f"<!-- c -->{value}<!-- d -->"),
    "attributes": lambda text: re.sub(r"<([a-z_]\w*)>", r"<\1 nil='false'>", text, flags=re.IGNORECASE),
    "a namespace": of_root('xmlns="urn:itu"'),
    "a namespace with a prefix": prefixed,
    "attributes of the root": of_root(
        'xmlns:od="urn:schemas-microsoft-com:officedata" generated="2026-06-01T09:00:00"'
    ),
    "a byte-order mark": lambda text: f"\ufeff{text}",
    "no prolog": lambda text: re.sub(r"<\?xml.*?\?>", "", text),
    "HTML's names of characters": of_values(lambda value: value.replace(" ", "&nbsp;")),
    "no-break spaces": of_values(lambda value: value.replace(" ", "\u00a0")),
    "zero-width spaces": of_values(lambda value: f"\u200b{value}\u200b"),
    "days without hours": lambda text: DAY.sub(r"\1-\2-\3", text),
    "days of a database": lambda text: DAY.sub(r"\1-\2-\3 00:00:00.000", text),
    "days with a zone": lambda text: DAY.sub(r"\1-\2-\3T00:00:00.0000000+02:00", text),
    "days with slashes": lambda text: DAY.sub(r"\1/\2/\3", text),
    "days with full stops": lambda text: DAY.sub(r"\3.\2.\1", text),
    "days of eight figures": lambda text: DAY.sub(r"\1\2\3", text),
}


@pytest.mark.parametrize("mutation", XML_ALIKE)
def test_another_capture_of_an_index_is_read_the_same(mutation: str) -> None:
    found = [
        unlike(name, body, XML_ALIKE[mutation](body.decode("utf-8-sig")).encode()) for name, (_, body, _) in XML.items()
    ]
    assert list(filter(None, found)) == []


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_another_encoding_of_an_index_is_read_the_same(encoding: str) -> None:
    found = []
    for name, (_, body, _) in XML.items():
        bare = re.sub(r"<\?xml.*?\?>", "", body.decode("utf-8-sig"))
        text = f'<?xml version="1.0" encoding="{encoding}"?>{bare}'
        found.append(unlike(name, body, text.encode(encoding, "xmlcharrefreplace")))
    assert list(filter(None, found)) == []


def renamed(text: str) -> str:
    """Rename all elements but the root and the list."""
    return re.sub(r"<(/?)(?!dataroot|page_content|folder_list)([A-Za-z_]+)", r"<\1X\2", text)


def deeper(text: str) -> str:
    """Put one more element between the list and what it lists."""
    lists = r"(<dataroot\b[^>]*>|<folder_list>)(.*)(</dataroot>|</folder_list>)"
    return re.sub(lists, r"\1<all>\2</all>\3", text, flags=re.DOTALL)


@pytest.mark.parametrize("change", [renamed, deeper])
def test_an_index_with_other_names_or_depths_is_a_changed_shape(change: Mutation) -> None:
    for name, (_, body, _) in XML.items():
        with pytest.raises(ParseError, match="shape changed"):
            read(name, change(body.decode("utf-8-sig")).encode())


def everywhere(value: object, change: Callable[[object], object]) -> object:
    """Change every value of a JSON document, the inner ones first."""
    if isinstance(value, dict):
        return change({name: everywhere(one, change) for name, one in value.items()})
    if isinstance(value, list):
        return [everywhere(one, change) for one in value]
    return change(value)


def of_json(change: Callable[[object], object]) -> Mutation:
    """Change every value of a document, or of a document a line."""

    def changed(text: str) -> str:
        lines = text.splitlines() if "\n" in text.strip() else [text]
        return "\n".join(json.dumps(everywhere(json.loads(line), change)) for line in lines if line.strip())

    return changed


def of_strings(change: Mutation) -> Mutation:
    return of_json(lambda value: change(value) if isinstance(value, str) else value)


JSON_ALIKE: Mapping[str, Mutation] = {
    "a byte-order mark": lambda text: f"\ufeff{text}",
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "blank lines before": lambda text: f"\r\n\r\n{text}",
    "numbers as strings": of_json(lambda value: str(value) if type(value) is int and value > 2 else value),
    "numbers with a point": of_json(lambda value: float(value) if type(value) is int and value > 2 else value),
    "further fields": of_json(lambda value: {**value, "newField": "x"} if isinstance(value, dict) else value),
    "spaces around": of_strings(lambda value: f" {value} \r\n"),
    "zero-width spaces": of_strings(lambda value: f"{value}\u200b" if value else value),
    "no-break spaces": of_strings(lambda value: value.replace(" ", "\u00a0")),
    "nothing instead of emptiness": of_json(lambda value: None if value == "" else value),
}


@pytest.mark.parametrize("mutation", JSON_ALIKE)
def test_another_answer_in_json_is_read_the_same(mutation: str) -> None:
    found = [unlike(name, body, JSON_ALIKE[mutation](body.decode()).encode()) for name, (_, body, _) in JSON.items()]
    assert list(filter(None, found)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f'{{"results": {text}}}',
        of_json(lambda value: {f"x{name}": one for name, one in value.items()} if isinstance(value, dict) else value),
        lambda _text: '{"Message": "An error has occurred."}',
    ],
    ids=["wrapped", "renamed", "an error"],
)
def test_an_answer_of_another_shape_says_so(change: Mutation) -> None:
    for name, (_, body, _) in JSON.items():
        lines = "[" + body.decode().strip().replace("\n", ",") + "]" if name == "deliverables" else body.decode()
        with pytest.raises(ParseError, match=r"shape changed|resource_uri"):
            read(name, change(lines).encode())

"""A story in a few sentences, better than its first source's own words."""

from enum import StrEnum

from bot.domain.values import by_value


class Maker(StrEnum):
    """How a summary was made."""

    EXTRACT = "extract"
    PICK = "pick"
    REWRITE = "rewrite"
    TRANSLATION = "translation"


@by_value
class Precis:
    """A story in a few sentences for one conversation.

    Attributes:
        sentences: plain text; those of an extract or a pick stand verbatim in the article.
        lang: the language a translation was made from.

    """

    sentences: tuple[str, ...]
    maker: Maker
    lang: str = ""

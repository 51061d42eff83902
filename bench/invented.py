"""An invented language, and the entries and watches of `percolation` in it.

Watches: 30 % a single leaf, 25 % AND, 20 % OR, 10 % AND NOT, 10 % (OR) AND (OR), 5 % title only; leaves: words 55,
phrases 25, prefixes 12, NEAR 5, Chinese 3 %; a third of the words are names that never occur, the others are drawn
as texts draw them. Half of the entries hold curly quotes and accents.
"""

from itertools import accumulate
from random import Random

from bot.domain import terms
from bot.domain.entries import Entry, Kind
from bot.domain.query import And, Near, Not, Or, Phrase, Prefix, Query, Within, Words

KNOWN = 20_000
"""Words that texts are made of."""
COMMON = 1_000
"""The most frequent words, which nobody watches."""
CHINESE = "人脸识别视频监控数据保护网络安全标准城市平台算法系统设备公司会议文件草案提案报告研究"


class Language:
    """An invented language in which frequent words are short, and entries and watches written in it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.words = list(dict.fromkeys(filter(self._usable, map(self._word, range(KNOWN * 2)))))[:KNOWN]
        self.names = [self._word(KNOWN).capitalize() + "zq" for _ in range(KNOWN)]
        self.often = list(accumulate(1 / (rank + 2.7) for rank in range(KNOWN)))
        self.watched = list(accumulate(1 / (rank + 2.7) for rank in range(COMMON, KNOWN)))

    def _word(self, rank: int) -> str:
        syllables = 1 + min(4, len(bin(rank + 4)) // 4) + self.random.choice((-1, 0, 0, 1))
        pick = self.random.choice
        return "".join(pick("bcdfghklmnprstvw") + pick("aeiou") for _ in range(max(syllables, 1))) + pick(
            ("", "n", "r", "t")
        )

    @staticmethod
    def _usable(word: str) -> bool:
        return len(word) > 2 and word not in terms.FUNCTION_WORDS

    def entry(self, number: int, length: int) -> Entry:
        """Return an entry of so many words; every other one is not plain ASCII."""
        title, text = self._text(8), self._text(length - 8)
        if number % 2:
            text = f"“{text}” – {title.replace('a', 'á', 2)}’s"
        if number % 20 == 1:
            text += " " + "".join(self.random.choices(CHINESE, k=12))
        return Entry(key=str(number), kind=Kind.NEWS, title=title, text=text)

    def _text(self, length: int) -> str:
        words = self.random.choices(self.words, cum_weights=self.often, k=length)
        self.random.shuffle(words)
        return "".join(word + self.random.choices((" ", ", ", ". "), weights=(85, 8, 7))[0] for word in words).strip()

    def watch(self) -> Query:
        """Return a query of the mix."""
        leaf = self._leaf
        kind = self.random.random()
        if kind < 0.30:
            return leaf()
        if kind < 0.55:
            return And((leaf(), leaf()))
        if kind < 0.75:
            return self._either(self.random.randint(2, 4))
        if kind < 0.85:
            return And((leaf(), Not(leaf())))
        if kind < 0.95:
            return And((self._either(2), self._either(2)))
        return Within("title", leaf())

    def _either(self, count: int) -> Or:
        return Or(tuple(self._leaf() for _ in range(count)))

    def _leaf(self) -> Query:
        kind = self.random.random()
        if kind < 0.55:
            return Words((self._watched(),))
        if kind < 0.80:
            return Phrase(f"{self._watched()} {self._watched()}")
        if kind < 0.92:
            return Prefix(self._watched()[:5].lower())
        if kind < 0.97:
            return Near(Words((self._watched(),)), Words((self._watched(),)), self.random.randint(2, 8))
        start = self.random.randrange(len(CHINESE) - 3)
        return Phrase(CHINESE[start : start + self.random.randint(2, 3)])

    def _watched(self) -> str:
        if self.random.random() < 0.35:
            return self.random.choice(self.names)
        return self.random.choices(self.words[COMMON:], cum_weights=self.watched)[0]

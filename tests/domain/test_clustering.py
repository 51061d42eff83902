import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from bot.domain import clustering, likeness
from bot.domain.aliases import Aliases, known_names
from bot.domain.clustering import TEMPLATE, Clusters, Frequency, item
from bot.domain.entries import Entry, Kind
from bot.domain.likeness import Item
from bot.vocabulary.reading import shipped

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "stories" / "headlines.jsonl"
ABROAD = Path(__file__).with_name("told_abroad.tsv")
AGAIN = Path(__file__).with_name("told_again.tsv")
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def aliases() -> Aliases:
    return Aliases(known_names(shipped()))


def news(title: str, *, text: str = "", link: str | None = None, lang: str | None = "en", hours: float = 0) -> Item:
    entry = Entry(key=title[:512], kind=Kind.NEWS, title=title, text=text, link=link, lang=lang)
    return item(entry, MONDAY + timedelta(hours=hours), Aliases())


def told(items: Iterable[Item], clusters: Clusters | None = None) -> list[int]:
    clusters = clusters or Clusters()
    return [clusters.join(one).id for one in items]


def abroad(aliases: Aliases, seed: int) -> list[tuple[str, str, Item]]:
    """Read the stories told in eight languages, in an order of their own: story, language, item."""
    rows = [line.split("\t") for line in ABROAD.read_text("utf-8").splitlines() if not line.startswith("#")]
    random.Random(seed).shuffle(rows)
    found = []
    for number, (story, lang, title, text) in enumerate(rows):
        entry = Entry(key=title, kind=Kind.NEWS, title=title, text=text, lang=lang)
        found.append((story, lang, item(entry, MONDAY + timedelta(minutes=20 * number), aliases)))
    return found


def bcubed(labels: Sequence[str], found: Sequence[int]) -> float:
    """F1 of B-cubed precision and recall (Bagga and Baldwin, 1998)."""
    both, wanted, given = Counter(zip(labels, found, strict=True)), Counter(labels), Counter(found)
    precision = sum(many * many / given[one] for (_, one), many in both.items()) / len(labels)
    recall = sum(many * many / wanted[label] for (label, _), many in both.items()) / len(labels)
    return 2 * precision * recall / (precision + recall)


def test_outlets_that_tell_one_event_in_their_own_words_are_one_story() -> None:
    first, second, other = told(
        [
            news("Pizza chain Sbarro files for bankruptcy protection"),
            news("Sbarro seeks bankruptcy for the second time", hours=3),
            news("Elephants distinguish human languages, study finds", hours=3),
        ]
    )
    assert first == second != other


def test_one_word_in_common_is_no_story() -> None:
    assert told([news("Sbarro closes a restaurant in Ohio"), news("Taylor Swift eats pizza at Sbarro")]) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            news("A", link="https://example.org/a?utm_source=x"),
            news("B", link="https://www.example.org/a", hours=9_999),
        ),
        (news("Weekly digest of the working group"), news("Weekly Digest of the Working Group", hours=9_999)),
        (news("A", text="word by word the same " * 20), news("B", text="Word by word, the same. " * 20, hours=9_999)),
    ],
)
def test_the_same_address_headline_or_text_is_the_same_story_at_any_time(one: Item, other: Item) -> None:
    assert told([one, other]) == [0, 0]


def test_a_story_that_was_silent_for_weeks_is_not_taken_up_by_likeness() -> None:
    def later(hours: float) -> list[int]:
        return told([news("Sbarro files for bankruptcy"), news("Sbarro bankruptcy filing approved", hours=hours)])

    assert later(24) == [0, 0]
    assert later(24 * 30) == [0, 1]


def test_what_is_no_news_is_its_own_story_and_is_that_again() -> None:
    meetings = [Entry(key=key, kind=Kind.MEETING, title="Meeting of SG17 in Geneva") for key in ("a", "b", "a")]
    assert told(item(entry, MONDAY, Aliases()) for entry in meetings) == [0, 1, 0]


@pytest.mark.parametrize("seed", range(1, 7))
def test_stories_are_recognised_across_languages(aliases: Aliases, seed: int) -> None:
    rows = abroad(aliases, seed)
    ids = told(one for _, _, one in rows)
    assert len({story for story, _, _ in rows}) == 60
    assert len({lang for _, lang, _ in rows}) == 8
    pairs = [
        (rows[one][0] == rows[other][0], ids[one] == ids[other])
        for one, other in combinations(range(len(rows)), 2)
        if rows[one][1] != rows[other][1]
    ]
    right = pairs.count((True, True))
    assert right / sum(found for _, found in pairs) >= 0.95
    assert right / sum(same for same, _ in pairs) >= 0.7


def test_real_headlines_come_together_as_their_stories() -> None:
    if not SAMPLES.exists():
        pytest.skip("the sample headlines are not beside the repository")
    rows = [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()]
    stories = list(dict.fromkeys(row["story"] for row in rows))
    for half in (stories[::2], stories[1::2]):
        mine = [row for row in rows if row["story"] in half]
        entries = (Entry(key=row["id"], kind=Kind.NEWS, title=row["title"], lang="en") for row in mine)
        moments = (datetime.fromisoformat(row["published"]) for row in mine)
        ids = told(item(entry, at, Aliases()) for entry, at in zip(entries, moments, strict=True))
        assert bcubed([row["story"] for row in mine], ids) >= 0.72


@pytest.mark.parametrize("seed", range(1, 4))
def test_headlines_that_nothing_was_tuned_on_come_together_as_their_stories(aliases: Aliases, seed: int) -> None:
    rows = [line.split("\t") for line in AGAIN.read_text("utf-8").splitlines() if not line.startswith("#")]
    random.Random(seed).shuffle(rows)
    entries = (Entry(key=title, kind=Kind.NEWS, title=title) for _, _, title in rows)
    ids = told(item(one, MONDAY + timedelta(minutes=20 * at), aliases) for at, one in enumerate(entries))
    assert bcubed([story for story, _, _ in rows], ids) >= 0.8


def test_what_one_outlet_writes_in_a_series_is_no_story_but_others_may_tell_it() -> None:
    def week(host: str, words: str) -> Item:
        return news(f"Podcast lovers: {words}", link=f"https://{host}/{words}")

    first, second = "Reykjavik tea gardens", "Ljubljana bridge painters"
    assert told([week("a.example", first), week("b.example", second)]) == [0, 0]
    assert told([week("a.example", first), week("a.example", second)]) == [0, 1]


def test_an_address_of_a_whole_site_proves_nothing() -> None:
    site = "https://www.podcast.example/"
    assert told([news("Dragons in the cellar", link=site), news("Beer of the month", link=site)]) == [0, 1]


def test_what_many_stories_say_makes_none_of_them_one() -> None:
    chance = random.Random(1)

    def name() -> str:
        return "".join(chance.choices("bdfgklmnprstvz", k=7))

    said = ["police", "tests", "facial", "cameras", "square"]
    before = [news(f"{name()} {chance.choice(said)} {name()} {name()} {name()}") for _ in range(600)]
    series = [news(f"Police tests facial cameras from {name()} at {name()} Square") for _ in range(100)]
    assert len(set(told([*before, *series])[600:])) >= 97


@pytest.mark.parametrize(
    "form",
    [
        "topic0 topic1 the shared report {a} {b} {c} {d}",
        "{a} {b}: new facial recognition system announced",
        "entry-{a} facial recognition {b}",
    ],
)
def test_a_form_that_many_outlets_fill_in_is_no_story_even_if_nothing_was_told_before(form: str) -> None:
    letters = random.Random(form)  # no secret

    def word() -> str:
        return "".join(letters.choices("bdfglmnprstvaeiou", k=7))

    headlines = (form.format(a=word(), b=word(), c=word(), d=word()) for _ in range(100))
    links = (f"https://outlet{number % 5}.example/{number}" for number in range(100))
    found = Counter(told(news(title, link=link) for title, link in zip(headlines, links, strict=True)))
    assert max(found.values()) <= likeness.FORM
    assert len(found) > 90


def test_what_only_numbers_of_one_figure_tell_apart_is_not_one_story() -> None:
    assert len(set(told(news(f"Item {number} about facial recognition") for number in range(30)))) == 30


def test_a_restart_at_any_moment_changes_nothing(aliases: Aliases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "MOST_TERMS", 12)  # so that terms are cut and counts halved on the way
    monkeypatch.setattr(likeness, "ROOM", 4)
    monkeypatch.setattr(clustering, "AGEING", 40)
    items = [one for _, _, one in abroad(aliases, seed=4)]
    whole = Clusters(window=50)
    wanted = told(items, whole)
    for cut in (1, 30, 77, 150):
        before = Clusters(window=50)
        first = told(items[:cut], before)
        kept, frequency = random.Random(cut).sample(before.all, len(before.all)), before.frequency
        after = Clusters(kept, frequency, window=50)
        assert first + told(items[cut:], after) == wanted
        assert after.all == whole.all
        assert after.frequency == whole.frequency


def test_a_story_that_is_asked_for_again_is_as_it_was_told() -> None:
    clusters = Clusters()
    first = clusters.join(news("Sbarro files for bankruptcy"))
    second = clusters.join(news("Sbarro files for bankruptcy again", hours=2))
    assert (first.id, first.size, second.id, second.size) == (0, 1, 0, 2)
    assert clusters.all == (second,)
    assert second.at == MONDAY + timedelta(hours=2)


def test_no_more_stories_are_remembered_than_the_window_holds() -> None:
    clusters = Clusters(window=10)
    told(
        (news(f"{at}al {at}be {at}ga {at}de", link=f"https://example.org/{at}") for at in range(99)),
        clusters,
    )
    assert [one.id for one in clusters.all] == list(range(89, 99))
    assert len(clusters._by_term) == 40
    assert len(clusters._by_identity) == 20
    assert told([news("again", link="https://example.org/3")], clusters) == [99]


def test_a_text_below_many_headlines_is_a_template_and_joins_nothing_more(aliases: Aliases) -> None:
    text = "Read the whole of this report on our pages, where members find all that we write. " * 6
    letters = random.Random(3)
    titles = ["".join(letters.choices("bdfglmnprstv", k=7)) for _ in range(2_000)]
    entries = [
        Entry(key=title, kind=Kind.NEWS, title=f"{title} {title[::-1]}", text=text, link=f"https://example.org/{title}")
        for title in titles
    ]
    begun = time.process_time()
    clusters = Clusters()
    stories = told([item(entry, MONDAY, aliases) for entry in entries], clusters)
    assert len(set(stories)) > len(stories) - 2 * TEMPLATE
    assert max(len(one.identities) for one in clusters.all) <= 3 * TEMPLATE
    assert time.process_time() - begun < 20


def test_counts_are_halved_as_they_age(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "AGEING", 10)
    clusters = Clusters()
    told((news(f"camera word{at}x") for at in range(9)), clusters)
    assert clusters.frequency.counts["camera"] == 9
    told([news("camera last")], clusters)
    assert clusters.frequency == Frequency(seen=10, counting=5, counts={"camera": 5})


@pytest.mark.parametrize("unit", ["a ", "字", "ab1 ", "9", ".", "\n", "1,", "\u202e", "#@ ", "2 million "])
def test_hostile_entries_take_bounded_time(unit: str, aliases: Aliases) -> None:
    entry = Entry(key="k", kind=Kind.NEWS, title=unit * 100_000, text=unit * 100_000)
    begun = time.process_time()
    clusters = Clusters()
    told([item(entry, MONDAY, aliases)] * 3, clusters)
    assert time.process_time() - begun < 2
    assert len(clusters.all) <= 3


def test_an_entry_that_says_nothing_is_a_story_of_its_own() -> None:
    assert told([news(""), news(""), news("?!")]) == [0, 1, 2]

import pytest

from adapters.language.stems import snowball
from bot.domain.standing import MOST_TERMS, Standing
from bot.domain.vocabulary import NO_VOCABULARY, TermSet, Vocabulary, Wording

FACES = TermSet(
    name="facial-recognition",
    label="Facial recognition",
    wordings=(Wording(text="facial recognition", lang="en"), Wording(text="人脸识别", lang="zh")),
)


@pytest.fixture
def standing() -> Standing:
    return Standing(snowball(), lambda: Vocabulary({"facial-recognition": FACES}))


def found(standing: Standing, term: str, text: str) -> list[str]:
    return [text[start:end] for start, end in standing.places([term], text)[0]]


def test_a_term_is_found_as_it_is_written_before_any_other_form(standing: Standing) -> None:
    assert found(standing, "camera", "Cameras here, a CAMERA there, no cameraman.") == ["CAMERA"]
    assert found(standing, "dome  camera", "the dome\ncamera") == ["dome\ncamera"]


def test_a_term_that_is_not_written_is_found_inflected_or_by_its_other_names(standing: Standing) -> None:
    assert found(standing, "camera", "Cameras everywhere") == ["Cameras"]
    assert found(standing, "facial recognition", "机场启用人脸识别系统") == ["人脸识别"]
    assert found(standing, "人脸识别", "机场启用人脸识别系统") == ["人脸识别"]


def test_what_does_not_stand_there_has_no_place(standing: Standing) -> None:
    assert standing.places(["camera", "", "?!", "camera"], "nothing of that") == [[], [], [], []]
    assert standing.places([], "text") == []


def test_the_vocabulary_is_only_read_when_a_term_is_not_written() -> None:
    asked = []

    def vocabulary() -> Vocabulary:
        asked.append(1)
        return NO_VOCABULARY

    standing = Standing(snowball(), vocabulary)
    standing.places(["camera"], "a camera")
    assert not asked
    standing.places(["camera"], "cameras")
    standing.places(["lens"], "lenses")
    assert asked == [1]


def test_terms_without_end_are_forgotten_and_found_again(standing: Standing) -> None:
    for number in range(0, 3 * MOST_TERMS, MOST_TERMS // 2):
        terms = [f"camera{at}x" for at in range(number, number + MOST_TERMS // 2)]
        assert all(not places for places in standing.places(terms, "cameras"))
    assert found(standing, "camera", "cameras") == ["cameras"]

"""Values behave as frozen dataclasses do, except that nothing but the type checker keeps them from changing."""

import pickle
from dataclasses import dataclass, field, fields, replace

import pytest

from bot.domain.values import by_value


@by_value
class Named:
    first: int
    second: tuple[str, ...] = ()
    third: dict[str, int] = field(default_factory=dict)
    hidden: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    first: int
    second: tuple[str, ...] = ()
    third: dict[str, int] = field(default_factory=dict)
    hidden: str = field(default="", repr=False)


@by_value(kw_only=False)
class Placed:
    only: str


@by_value
class Other:
    only: str


@by_value
class Empty:
    pass


def test_what_holds_the_same_is_equal_and_hashes_alike() -> None:
    assert Placed("a") == Placed("a") != Placed("b")
    assert len({Placed("a"), Placed("a"), Placed("b"), Empty(), Empty()}) == 3
    assert Named(first=1, second=("a",)) == Named(first=1, second=("a",))
    assert Named(first=1) != Named(first=1, hidden="x")


def test_values_of_other_classes_are_never_equal() -> None:
    one: object = Placed("a")
    assert one != Other(only="a")
    assert one != "a"


def test_a_value_that_holds_what_changes_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Named(first=1))


def test_values_show_what_they_hold_as_the_standard_dataclass_does() -> None:
    assert repr(Named(first=1, second=("a",))) == repr(Standard(first=1, second=("a",))).replace("Standard", "Named")
    assert repr(Empty()) == "Empty()"


def test_the_standard_functions_for_dataclasses_know_values() -> None:
    value = Named(first=1)
    assert replace(value, first=2) == Named(first=2)
    assert [each.name for each in fields(value)] == ["first", "second", "third", "hidden"]
    assert value.third is not Named(first=1).third


def test_values_go_through_pickle_and_patterns() -> None:
    match pickle.loads(pickle.dumps(Placed("a"))):
        case Placed(only):
            assert only == "a"
        case other:
            pytest.fail(f"{other!r} is no Placed")


def test_a_value_has_room_for_its_fields_alone() -> None:
    assert not hasattr(Placed("a"), "__dict__")
    with pytest.raises(AttributeError):
        Placed("a").more = 1  # type: ignore[attr-defined]

"""`useful` and `irrelevant`: what people think of alerts, and what the bot proposes."""

from tests.services.room import ELSEWHERE, HERE, LINK, NOW, Room, alerted


async def test_an_alert_is_judged_by_its_link_or_as_the_last_one(room: Room) -> None:
    await room.says("watch --yes facial recognition")
    await alerted(room, posted=True)
    assert await room.says("useful") == "Noted as useful: Borders and cameras"
    assert await room.says(f"irrelevant {LINK}") == "Noted as not relevant: Borders and cameras"
    assert "No alert here speaks of that." in await room.says("irrelevant https://www.example.org/")
    assert "No alert here speaks of that." in await room.says(f"useful {LINK}", ELSEWHERE)


async def test_what_a_removed_watch_brought_is_judged_no_more(room: Room) -> None:
    await room.says("watch --yes facial recognition")
    await alerted(room, posted=True)
    await room.says("unwatch 1")
    assert "No watch that still stands asked for that." in await room.says("irrelevant")


async def test_the_third_in_vain_brings_edits_that_would_have_spared_them_with_their_replay(room: Room) -> None:
    await room.says("watch --yes face recognition")
    for number, title in enumerate(("Toy fair opens", "A toy for all", "Best toy of May", "City council"), start=1):
        await alerted(room, posted=True, number=number, title=title, link=f"{LINK}/{number}")
    for number in (1, 2):
        assert "Narrower" not in await room.says(f"irrelevant {LINK}/{number}")
    said = await room.says(f"irrelevant {LINK}/3")
    assert "Watch 1 brought 3 in vain. Narrower, over the last 1 day:" in said
    assert "edit 1 title:(face recognition) +0 / −4, 1 of them unmarked" in said


async def test_what_a_watch_asks_for_is_not_proposed_to_be_excluded(room: Room) -> None:
    await room.says("watch --yes facial recognition")
    for number, place in enumerate(("Oslo", "Lima", "Bern", "Rome"), start=1):
        title = f"Facial recognition {'toys' if number < 4 else 'vans'} in {place}"
        await alerted(room, posted=True, number=number, title=title, link=f"{LINK}/{number}")
    said = ""
    for number in (1, 2, 3):
        said = await room.says(f"irrelevant {LINK}/{number}")
    assert 'edit 1 facial recognition NOT "toys" +0 / −3, 0 of them unmarked' in said
    assert 'NOT "facial"' not in said
    assert 'NOT "recognition"' not in said


async def test_before_anything_was_posted_there_is_nothing_to_judge(room: Room) -> None:
    assert "Nothing was posted here yet." in await room.says("useful")


async def test_a_watch_that_cannot_be_read_any_more_is_judged_without_proposals(room: Room) -> None:
    await room.store.watches.add(HERE, "@lamps", owner="bob", note="", now=NOW)
    said = ""
    for number in (1, 2, 3):
        await alerted(room, posted=True, number=number, link=f"{LINK}/{number}")
        said = await room.says(f"irrelevant {LINK}/{number}")
    assert said.endswith("That is 3 in vain. To narrow the watch: edit 1 QUERY")

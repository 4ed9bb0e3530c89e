"""What an account said before this database, put together again from its messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.text import earlier, keys
from bot.values import Posted, Remote

START = datetime(2026, 11, 12, 9, tzinfo=UTC)
LINK = "https://example.com/ferry"


def message(number: int, text: str, above: int | None = None, card: str | None = None) -> Posted:
    return Posted(
        remote=Remote(id=str(number), url=f"https://there.example/{number}"), at=START + timedelta(seconds=number), text=text,
        card=card, above=None if above is None else str(above),
    )


def test_a_message_has_the_key_of_the_post_with_its_words_and_link_in_any_form() -> None:
    (found,) = earlier.posts([message(1, "Ferry stays free: https://www.example.com/ferry/?utm_source=x")])
    assert found.said_key == keys.said_key([f"Ferry stays  FREE: {LINK}"])
    assert (found.text, found.url, found.at) == ("Ferry stays free: https://www.example.com/ferry/?utm_source=x", "https://there.example/1", START + timedelta(seconds=1))


def test_a_card_s_link_counts_as_said() -> None:
    (found,) = earlier.posts([message(1, "Ferry stays free", card=f"{LINK}?utm_source=b")])
    assert found.said_key == keys.said_key(["Ferry stays free", LINK])


def test_a_thread_counts_as_said_up_to_each_of_its_messages() -> None:
    thread = [message(1, "Who rides free? 1/3"), message(2, "Everyone. 2/3", 1), message(3, "When? Always. 3/3", 2)]
    found = earlier.posts(thread[::-1])
    texts = [one.text for one in thread]
    assert [one.said_key for one in found] == [keys.said_key(texts[:count]) for count in (3, 2, 1)]
    assert [line.strip() for line in found[0].text.splitlines()] == ["Who rides free?", "Everyone.", "When? Always."], "its numbering tells nothing"
    assert {(one.url, one.at) for one in found} == {("https://there.example/1", START + timedelta(seconds=1))}, "named by its beginning"


def test_what_was_added_to_a_thread_later_hides_nothing() -> None:
    said = [message(1, "Ferry stays free"), message(2, "Correction: until May.", 1), message(3, "And thanks!", 1)]
    found = {one.said_key for one in earlier.posts(said)}
    assert keys.said_key(["Ferry stays free"]) in found
    assert keys.said_key(["Ferry stays free", "And thanks!"]) in found


def test_one_whose_parent_is_not_known_begins_its_own() -> None:
    (found,) = earlier.posts([message(7, "Everyone.", 1)])
    assert (found.said_key, found.url) == (keys.said_key(["Everyone."]), "https://there.example/7")


def test_of_the_same_words_the_newest_is_named() -> None:
    (found,) = earlier.posts([message(1, "Good morning"), message(5, "Good morning!"), message(3, "good MORNING!")])[:1]
    assert found.url == "https://there.example/5"
    assert [one.url for one in earlier.posts([message(1, "Again"), message(5, "again")])] == ["https://there.example/5"]


def test_nothing_is_said_by_pictures_alone_circles_and_endless_threads() -> None:
    assert earlier.posts([message(1, " ")]) == []
    assert earlier.posts([message(1, "a", 2), message(2, "b", 1)]) == []
    long = [message(number, f"part {number}", number - 1) for number in range(100)]
    assert len(earlier.posts(long)) == earlier.LONGEST

"""Events: in order, none lost while a page is away, nothing kept for a page that is slow."""

import asyncio
import json
import threading

from convscope.explorer.events import AGAIN, KEPT, Events


def read(events, count, last="", publish=None):
    """The next events of a stream, as (id, name, data)."""

    async def follow():
        found = []
        async for text in events.stream(last):
            if text.startswith(":"):
                if publish:
                    threading.Thread(target=publish).start()
                if count == 0:
                    return found
                continue
            lines = dict(line.split(": ", 1) for line in text.strip().splitlines())
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
            if len(found) == count:
                return found
        return found

    return asyncio.run(asyncio.wait_for(follow(), 20))


def test_a_page_hears_what_comes_after_it_was_opened():
    events = Events()
    events.publish("before", 1)
    found = read(events, 2, publish=lambda: [events.publish("n", n) for n in (2, 3)])
    assert [(name, data) for _, name, data in found] == [("n", 2), ("n", 3)]


def test_a_page_that_was_away_hears_what_it_missed():
    events = Events()
    ((last, *_),) = read(events, 1, publish=lambda: events.publish("n", 1))
    events.publish("n", 2)
    events.publish("n", 3)
    assert [data for *_, data in read(events, 2, last)] == [2, 3]


def test_a_page_hears_what_has_happened_since_it_was_made():
    events = Events()
    events.publish("n", 1)
    made = events.now
    events.publish("n", 2)
    assert [data for *_, data in read(events, 1, made)] == [2]


def test_a_page_of_an_earlier_run_or_away_too_long_is_told_to_begin_again():
    events = Events()
    for number in range(KEPT + 10):
        events.publish("n", number)
    run = events._run
    for last in ("other.5", f"{run}.3", f"{run}.x", f"{run}.999999", "nonsense"):
        assert read(events, 1, last)[0][1] == AGAIN
    assert read(events, 1, f"{run}.{KEPT + 9}")[0][2] == KEPT + 9


def test_a_closed_stream_ends():
    events = Events()
    assert read(events, 5, publish=events.close) == []
    assert not events._waiting


def test_nothing_grows_with_what_is_published():
    events = Events()
    for number in range(3 * KEPT):
        events.publish("n", number)
    assert len(events._log) == KEPT


def test_a_place_that_no_page_can_have_seen_is_not_read_as_a_number():
    events = Events()
    events.publish("n", 1)
    run = read(events, 1, last="x.0")[0][0].partition(".")[0]
    for number in ("9" * 5000, "\u0663", "-1", ""):
        ((_, name, _),) = read(events, 1, last=f"{run}.{number}")
        assert name == AGAIN

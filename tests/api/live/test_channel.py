"""A channel keeps the newest events and gives who stands at the same place the same batch."""

from api.live.writing import WORKFLOW
from postroom.api.live.channel import BACKLOG, BATCH_CHARACTERS, BATCH_EVENTS, PLACES, Channel, Entry
from postroom.model.execution import EventFilter


def channel(*cursors: int, floor: int = 0) -> Channel:
    """Return a channel with events of these cursors."""
    made = Channel(EventFilter(workflow=WORKFLOW), floor)
    for cursor in cursors:
        made.append(Entry(cursor, f'{{"cursor":{cursor}}}'))
    return made


def test_a_batch_holds_what_is_behind_the_cursor_and_says_where_it_ends() -> None:
    batch = channel(3, 5, 9).batch(3)
    assert batch is not None
    assert (batch.cursor, batch.text) == (9, '{"type":"events","cursor":9,"events":[{"cursor":5},{"cursor":9}]}')


def test_a_cursor_between_two_events_is_a_place_as_well() -> None:
    made = channel(3, 5, 9)
    assert made.batch(4) is made.batch(3)


def test_there_is_no_batch_behind_the_newest() -> None:
    assert channel().batch(0) is None
    assert channel(3).batch(3) is None
    assert channel(3).batch(10) is None


def test_a_batch_is_made_once_for_all_who_stand_there_and_anew_when_more_has_come() -> None:
    made = channel(1, 2)
    first = made.batch(0)
    assert made.batch(0) is first
    made.append(Entry(3, "{}"))
    later = made.batch(0)
    assert later is not first
    assert later is not None
    assert later.cursor == 3


def test_a_batch_holds_so_many_events_at_most() -> None:
    batch = channel(*range(1, BATCH_EVENTS + 2)).batch(0)
    assert batch is not None
    assert batch.cursor == BATCH_EVENTS


def test_a_batch_holds_so_many_characters_at_most_but_at_least_one_event() -> None:
    made = Channel(EventFilter(workflow=WORKFLOW), 0)
    for cursor in (1, 2, 3):
        made.append(Entry(cursor, "x" * (BATCH_CHARACTERS // 2 + 1)))
    made.append(Entry(4, "x" * (BATCH_CHARACTERS * 2)))
    cursors = []
    batch = made.batch(0)
    while batch is not None:
        cursors.append(batch.cursor)
        batch = made.batch(batch.cursor)
    assert cursors == [1, 2, 3, 4]


def test_the_oldest_goes_where_there_are_too_many_and_the_floor_says_so() -> None:
    made = channel(*range(1, BACKLOG + 1))
    assert (len(made), made.floor) == (BACKLOG, 0)
    made.append(Entry(BACKLOG + 7, "{}"))
    assert (len(made), made.floor) == (BACKLOG, 1)


def test_older_events_are_put_before_in_order() -> None:
    made = channel(8, 9, floor=7)
    made.prepend([Entry(4, "4"), Entry(6, "6")], 3)
    batch = made.batch(3)
    assert batch is not None
    assert (made.floor, batch.text) == (3, '{"type":"events","cursor":9,"events":[4,6,{"cursor":8},{"cursor":9}]}')


def test_only_the_batches_of_a_few_places_are_kept() -> None:
    made = channel(*range(1, 100))
    first = made.batch(0)
    for place in range(1, PLACES + 1):
        made.batch(place)
    again = made.batch(0)
    assert again == first
    assert again is not first


def test_a_restart_forgets_everything() -> None:
    made = channel(1, 2)
    made.restart(1)
    assert (len(made), made.floor, made.batch(1)) == (0, 1, None)

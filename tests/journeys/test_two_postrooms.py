"""Two whole Postrooms that answer each other by themselves come to rest.

Each process can run one engine only, so they take turns: what one sent, the other receives.
"""

from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest

from journeys.letters import letter
from journeys.rooms import maildir_settings, working
from journeys.shop import copy_articles, words
from postroom.intake.receive import receive_once
from postroom.settings import Settings

MOST_TURNS = 30
DEFAULT_CAP = 5


def room(folder: Path, models: Path) -> Settings:
    """Return a Postroom in mode automatic with articles of its own."""
    folder.mkdir()
    settings = maildir_settings(folder, models, "automatic")
    copy_articles(folder / "articles")
    address = f"help@{folder.name}.example"
    return settings.model_copy(update={"articles_dir": folder / "articles", "mailbox_address": address})


async def turn(settings: Settings, incoming: list[bytes]) -> list[bytes]:
    """Let a Postroom receive mail, and return what it has sent because of it."""
    assert settings.mailbox_path is not None
    known = set(settings.outbox_dir.glob("*.eml"))
    for number, content in enumerate(incoming):
        (settings.mailbox_path / "new" / f"{len(known)}-{number}.mail").write_bytes(content)
    async with working(settings) as (postroom, engine):
        assert await receive_once(postroom.reception(engine)) == len(incoming)
        await engine.quiet()
    return [path.read_bytes() for path in sorted(set(settings.outbox_dir.glob("*.eml")) - known)]


def as_it_is(content: bytes) -> bytes:
    """Carry a mail as honest servers do."""
    return content


def stripped(content: bytes) -> bytes:
    """Carry a mail without anything that says that a machine wrote it, or which mail it answers."""
    message = message_from_bytes(content)
    made, _ = letter(
        sender=str(message["From"]), to=str(message["To"]), subject=str(message["Subject"]), text=words(content)
    )
    return made


@pytest.mark.parametrize(("carry", "sends"), [(as_it_is, range(1, 2)), (stripped, range(3, 2 * DEFAULT_CAP + 1))])
async def test_two_that_answer_each_other_come_to_rest(
    tmp_path: Path, models: Path, carry: Callable[[bytes], bytes], sends: range
) -> None:
    rooms = [room(tmp_path / name, models) for name in ("first", "second")]
    question, _ = letter(sender="help@second.example", to="help@first.example")
    travelling, sent = [question], 0
    for number in range(MOST_TURNS):
        travelling = [carry(content) for content in await turn(rooms[number % 2], travelling)]
        sent += len(travelling)
        if not travelling:
            break
    assert not travelling
    # Without its marks nothing tells a machine's answer from a question: then the caps end it.
    assert sent in sends

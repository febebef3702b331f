"""A window stays while what is behind it comes and goes; without anything behind it nobody can tell."""

from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap.rooms import a_directory, a_mailbox, a_maildir, add, settings_in
from engine.house import MAILBOX
from intake.scene import Signs
from nodes.stage import NOW
from postroom.bootstrap.openers import OpenMailbox
from postroom.bootstrap.window import Window, can_look
from postroom.errors import TransientError
from postroom.model.answer import FlaggedAnswer

SIGN = FlaggedAnswer(mailbox_id=MAILBOX.id, uid_validity="1", uid="1", seen_at=NOW)


async def test_one_looks_through_it_at_whatever_is_open_now(tmp_path: Path) -> None:
    async with a_directory(settings_in(tmp_path)) as (directory, stores):
        await add(stores, a_mailbox("help"), a_maildir(tmp_path / "help"))
        await directory.refresh()
        blind = directory.open["help"]
        opened: dict[str, OpenMailbox] = {}
        window = Window("help", opened)
        with pytest.raises(TransientError, match="'help' is not open"):
            await window.answers()
        opened["help"] = blind
        with pytest.raises(TransientError, match="'help' is not open"):
            await window.answers()
        opened["help"] = replace(blind, opened=replace(blind.opened, lookout=Signs([[SIGN]])))
        assert await window.answers() == (SIGN,)
        del opened["help"]
        with pytest.raises(TransientError):
            await window.answers()


@pytest.mark.parametrize(
    ("kinds", "looking"),
    [
        (["imap"], {"imap"}),
        (["maildir", "mbox", "mock", "none"], set()),
        # What it was cannot be told any more: better a reply that waits than one sent blind.
        (["uninstalled"], {"uninstalled"}),
    ],
)
def test_only_a_kind_that_is_known_to_have_no_lookout_cannot_look(kinds: list[str], looking: set[str]) -> None:
    assert {kind for kind in kinds if can_look(kind)} == looking

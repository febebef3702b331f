"""A window: the lookout of a mailbox that stays the same however often the mailbox is opened anew."""

from collections.abc import Mapping
from functools import cache

from postroom.bootstrap.openers import OpenMailbox
from postroom.bootstrap.plugins import receiver_plugins
from postroom.errors import TransientError
from postroom.model.answer import Answer

KINDS_OF_SETTINGS = ("mock", "none")
"""Kinds of mailbox that no plug-in opens; they cannot look."""


class Window:
    """Looks through whatever is open under a name; while nothing is, nobody can tell whether a person answered."""

    def __init__(self, name: str, opened: Mapping[str, OpenMailbox]) -> None:
        self._name = name
        self._opened = opened

    async def answers(self) -> tuple[Answer, ...]:
        """Return the signs that are new since the last call.

        Raises:
            TransientError: the mailbox is not open. Else as the `Lookout` that is open.
        """
        one = self._opened.get(self._name)
        if one is None or one.opened.lookout is None:
            raise TransientError(
                f"The mailbox {self._name!r} is not open.", hint="Look at its account, and test the mailbox."
            )
        return await one.opened.lookout.answers()


@cache
def can_look(kind: str) -> bool:
    """Return whether a kind of mailbox has a lookout, which one that is not installed (any more) may have had."""
    if kind in KINDS_OF_SETTINGS:
        return False
    plugin = receiver_plugins().plugins.get(kind)
    return plugin is None or plugin.looks_out

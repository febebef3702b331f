"""Hints as they are read at the command line: what acts and stores call a list is a command here.

Acts and stores are used over the API and on the web page, too, so none of their words names a command.
"""

import re

LISTS = {
    "accounts": "`postroom sender list` or `postroom notifier list`",
    "alarms": "`postroom alarm list`",
    "categories": "`postroom category list`",
    "examples": "`postroom example list`",
    "executions": "`postroom status`",
    "jobs": "`postroom job list`",
    "mailboxes": "`postroom mailbox list`",
    "models": "`postroom model list`",
    "quarantine": "`postroom quarantine list`",
    "reviews": "`postroom review list`",
    "users": "`postroom user list`",
    "workflows": "`postroom workflow list`",
}
_LIST = re.compile(r"\b[Tt]he list of (?:the )?([a-z]+)\b")


def in_commands(hint: str) -> str:
    """Return a hint with the command in place of each list that one shows; other words stay as they are."""
    return _LIST.sub(lambda found: LISTS.get(found[1], found[0]), hint)

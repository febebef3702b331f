"""Hints as they are read at the command line: with the command for what the words tell to do.

Acts, stores and trials are used over the API and on the web page, too, so none of their words names a command.
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
ACTS = {
    r"([Aa]dd a mailbox)\b": r"\1 (`postroom mailbox add NAME`)",
    r"([Ss]witch one on in the mailbox ([\w-]+))": (
        r"\1 (`postroom mailbox change \2 --automatic-category CATEGORY`, or `--all-categories` for all)"
    ),
    r"([Ii]mport labelled mail)\b": r"\1 (`postroom import history.csv`)",
    r"([Tt]rain a model)\b": r"\1 (`postroom train`)",
    r"\b[Tt]he guarantee shows\b": "`postroom guarantee` shows",
    r"(a running Postroom receives)\b": r"\1 (`postroom serve`)",
    r"(tried from a file)\b": r"\1 (--mbox, --maildir or --csv)",
}
"""What words tell to do, and the same with its command."""
_LIST = re.compile(r"\b[Tt]he list of (?:the )?([a-z]+)\b")


def in_commands(hint: str) -> str:
    """Return a hint with the command in place of each list that one shows, and after what is to be done by one."""
    for words, with_command in ACTS.items():
        hint = re.sub(words, with_command, hint)
    return _LIST.sub(lambda found: LISTS.get(found[1], found[0]), hint)

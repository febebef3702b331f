"""Pages of what the store gives whole because people add only few: mailboxes, senders, notifiers, workflows."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from postroom.actions.accounts import shown
from postroom.api.account_forms import AccountBody, account_body
from postroom.api.caller import Caller
from postroom.api.office import Office
from postroom.interfaces.cursor import read_text_cursor, write_text_cursor
from postroom.model.account import AccountFamily
from postroom.model.page import Page

Row = TypeVar("Row")


def page_by_name(rows: Sequence[Row], name: Callable[[Row], str], *, after: str | None, limit: int) -> Page[Row]:
    """Return the page of `rows` behind a cursor, by name.

    Raises:
        InputError: `after` is no cursor.
    """
    (behind,) = read_text_cursor(after)
    found = sorted((row for row in rows if name(row) > behind), key=name)
    last = found[limit - 1 : limit] if len(found) > limit else []
    return Page(rows=tuple(found[:limit]), next_cursor=write_text_cursor(name(last[0])) if last else None)


async def accounts_page(
    office: Office, caller: Caller, family: AccountFamily, *, after: str | None, limit: int
) -> Page[AccountBody]:
    """Return a page of the accounts of a family as `caller` may see them.

    Raises:
        InputError: `after` is no cursor.
    """
    accounts = await office.stores.accounts.list(family)
    page = page_by_name(accounts, lambda one: one.name, after=after, limit=limit)
    rows = tuple(account_body(office, caller, shown(one)) for one in page.rows)
    return Page(rows=rows, next_cursor=page.next_cursor)

"""Tries a mailbox before it is stored: whether it can be read, and whether copies of replies can be filed there."""

from datetime import UTC, datetime

from postroom.actions.accounts import opened_values
from postroom.bootstrap import nothing_known, receiver_plugins, try_receiver
from postroom.errors import PluginError, TransientError
from postroom.model.account import Account
from postroom.model.mailbox import Mailbox, SentPolicy
from postroom.providers import Surroundings
from postroom.sealing import Seal
from postroom.settings import Settings

SENT_FOLDER = "sent_folder"
# Nothing has it: looking for it only finds out whether there is a folder to look in.
_LOOKED_FOR = "<trial@postroom.invalid>"


async def try_mailbox(settings: Settings, mailbox: Mailbox, account: Account) -> str:
    """Return one line about the mailbox that `account` reaches; nothing in it is changed.

    Raises:
        ConfigurationError, PluginError, TransientError: it does not work, or there is no folder for the copies that
        Postroom is to file; the hint says what to do.
    """
    line = await try_receiver(settings, mailbox, account)
    # A folder that is named is made when it is needed.
    if mailbox.sent_policy is SentPolicy.APPEND and not account.values.get(SENT_FOLDER):
        await _require_sent_folder(settings, mailbox, account)
    return line


async def _require_sent_folder(settings: Settings, mailbox: Mailbox, account: Account) -> None:
    surroundings = Surroundings(mailbox_id=mailbox.id, known=nothing_known, connected_at=datetime.now(UTC))
    values = opened_values(account, Seal(settings.secret_bytes()))
    opened = receiver_plugins().named(account.kind).build(values, surroundings)
    try:
        if opened.sent_folder is not None:
            await opened.sent_folder.holds(_LOOKED_FOR)
    except TransientError:
        raise
    except PluginError as error:
        raise PluginError(
            f"The mailbox can be read, but copies of replies cannot be filed there: {error.message}",
            hint=f"Name one with --set {SENT_FOLDER}=NAME (it is made where it is missing), or file no copies with "
            f"--sent-policy none. {error.hint}",
        ) from error
    finally:
        await opened.receiver.close()

"""A test message: one short letter through a sender, so that somebody sees it arrive."""

import secrets
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from postroom.actions.accounts import Setup, opened_values
from postroom.actions.accounts_renewed import kept_renewed
from postroom.actions.senders import mailboxes_of
from postroom.errors import ConflictError, InputError, PluginError, TransientError
from postroom.interfaces.provider import Delivery, granted
from postroom.mime.caution import domain_of, is_usable
from postroom.mime.message_id import make_message_id
from postroom.model.account import Account
from postroom.model.email import Address
from postroom.model.reply import OutgoingEmail
from postroom.providers import SendingSurroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLetter:
    """Whom a test message goes to and comes from (empty: from a mailbox of the sender); `secret` signs its id."""

    to: str
    from_address: str
    secret: bytes


async def send_test(setup: Setup, account: Account, test: TrialLetter) -> str:
    """Send one test message through a sender and return what became of it, in words.

    Raises:
        InputError: an address cannot be used, or no mailbox says which one it comes from. ConflictError: the address
        is on the suppression list. PluginError: it was refused; TransientError: not now; what is uncertain is told so.
    """
    for address in filter(None, (test.to, test.from_address)):
        if not is_usable(Address(name="", address=address)) or not address.isascii():
            raise InputError(f"{address!r} is no address for a test.", hint="Write it as ann@example.org.")
    if await setup.stores.suppressions.get(test.to) is not None:
        raise ConflictError(f"{test.to!r} is on the suppression list.", hint="Remove it from there first.")
    message = _letter(setup, test, *await _addresses(setup, account, test))
    surroundings = SendingSurroundings(renewed=kept_renewed(setup.stores, setup.seal, account))
    sender = setup.senders.named(account.kind).build(opened_values(account, setup.seal), surroundings)
    try:
        result = await sender.send(message, granted)
    finally:
        await sender.close()
    match result.delivery:
        case Delivery.SENT:
            return f"A test message was handed over for {test.to} ({result.detail or 'accepted'})."
        case Delivery.DEFERRED:
            raise TransientError(f"The test message was not taken now: {result.detail}", hint="Try again later.")
        case Delivery.UNCERTAIN:
            return f"It cannot be told whether the test message went out: {result.detail}"
        case _:
            raise PluginError(f"The test message was refused: {result.detail}", hint="Correct what it says.")


async def _addresses(setup: Setup, account: Account, test: TrialLetter) -> tuple[str, str]:
    """Return what stands in From and in the envelope."""
    if test.from_address:
        return test.from_address, test.from_address
    mailboxes = await mailboxes_of(setup.stores, account.name)
    if not mailboxes:
        raise InputError(
            f"No mailbox uses the sender {account.name!r}, so it is not known what it sends as.",
            hint="Name an address that it may send as.",
        )
    own = mailboxes[0].address.address
    return own, mailboxes[0].bounce_address or own


def _letter(setup: Setup, test: TrialLetter, from_address: str, mail_from: str) -> OutgoingEmail:
    message_id = make_message_id(f"test/{secrets.token_hex(8)}", domain=domain_of(from_address), secret=test.secret)
    letter = EmailMessage(policy=SMTP)
    letter["From"] = from_address
    letter["To"] = test.to
    letter["Subject"] = "Postroom can send"
    letter["Date"] = format_datetime(setup.desk.clock.now())
    letter["Message-ID"] = message_id
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("This is a test message. Somebody asked Postroom to send it; there is nothing to do.\n")
    return OutgoingEmail(
        message_id=message_id,
        mail_from=mail_from,
        recipient=Address(name="", address=test.to),
        content=letter.as_bytes(),
    )

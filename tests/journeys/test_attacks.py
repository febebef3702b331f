"""Every attack by mail, through a whole Postroom that answers by itself: nobody but the attacker gets anything."""

import os
import re
from dataclasses import replace
from email import message_from_string
from email.utils import getaddresses

from journeys.letters import HELP, RETURN
from journeys.shop import Shop, Work, shop_mailbox, words
from mail.attacks import Attack, Known, attacks
from postroom.interfaces.codec import encode, encode_all
from postroom.model.account import Account, AccountFamily
from postroom.model.email import ConversationId
from postroom.model.mailbox import AuthenticationPolicy, Caps, Mailbox
from postroom.model.suppression import Suppression
from postroom.model.workflow import WorkflowSlug

ANN = "ann@customer.example"
# No cap may stop an attack before it is tried, and no attack is too old.
GENEROUS = Caps(per_correspondent=10_000, per_domain=10_000, per_conversation=10_000, per_hour=10_000, per_day=10_000)
ANY_AGE_HOURS = 24.0 * 365 * 20
# A mail server removes results that come from outside under its own name (RFC 8601 section 5); the peer here does not.
UNDER_OUR_NAME = {f"results_of_{way}" for way in ("own", "own_in_capitals", "own_quoted", "version", "comment")}


def put(shop: Shop, made: tuple[Attack, ...]) -> None:
    """Put the attacks into the mailbox as they are: no server is asked what it thinks of them."""
    inbox = shop.dovecot.maildir(shop.user)
    owner = inbox.stat()
    for number, attack in enumerate(made):
        path = inbox / "new" / f"{1_800_000_000 + number}.M{number}P1.attack"
        path.write_bytes(attack.raw)
        os.chown(path, owner.st_uid, owner.st_gid)


async def belongings(work: Work) -> list[str]:
    """Return what no mail may change, as text."""
    stores = work.stores
    kept = [encode_all(Mailbox, await stores.mailboxes.list())]
    kept += [encode_all(Account, await stores.accounts.list(family)) for family in AccountFamily]
    kept.append(encode_all(Suppression, (await stores.suppressions.list(limit=1000)).rows))
    kept.append(encode(await stores.workflows.newest(WorkflowSlug("customer_support"))))
    kept.append(f"{await stores.controls.sending_halted()} {sorted(await stores.controls.paused_workflows())}")
    return kept


def writers(raw: bytes) -> set[str]:
    """Return the addresses of the From lines, domains in ASCII: as the standard library reads them, and the bracketed
    one at the end of each line (without an old source route), as some versions read nothing where a name looks like
    an address.
    """
    lines = message_from_string(raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace"))
    froms = [str(value) for value in lines.get_all("From", [])]
    bracketed = [found[1].rpartition(":")[2] for line in froms if (found := re.search(r"<([^<>]*)>\s*$", line))]
    return {ascii_domain(address) for address in (*bracketed, *(address for _, address in getaddresses(froms)))}


def ascii_domain(address: str) -> str:
    """Return an address as it travels: letters of other alphabets in its domain are encoded, where they can be."""
    name, _, domain = address.lower().rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


async def answered(work: Work) -> dict[str, tuple[bytes, ConversationId]]:
    """Return the mail that each reply answers, and its conversation, by the reply's Message-ID."""
    found: dict[str, tuple[bytes, ConversationId]] = {}
    for reply in await work.replies():
        raw = await work.stores.emails.raw(reply.email_id)
        found[reply.outgoing.message_id] = (raw, reply.conversation_id)
    return found


async def test_no_attack_reaches_anybody_but_its_writer_or_changes_anything(shop: Shop) -> None:
    await shop.open_mailbox(open_to_attacks())
    async with shop.working() as work:
        asked = shop.deliver(text=RETURN)
        (first,) = await work.settled(1)
        (ours,) = shop.sent()
        known = knowledge(ours.message_id, asked)
        made = attacks(known)
        assert len(made) >= 60
        before = await belongings(work)
        put(shop, made)
        await work.settled(1 + len(made))
        assert await belongings(work) == before
        assert first.email_id is not None
        strangers = (await work.stores.emails.get(first.email_id)).conversation_id
        replies = await answered(work)

    sent = shop.sent()[1:]
    # Attacks with an ordinary question in them are answered, so the test sees what such an answer holds.
    assert len(sent) >= 10
    for one in sent:
        raw, conversation = replies[one.message_id]
        (recipient,) = one.recipients
        assert recipient.lower() in writers(raw), raw[:200]
        # Who writes under another's name is answered there, if that is the only name.
        assert recipient not in {ANN, HELP}
        assert recipient != known.victim or writers(raw) == {known.victim}
        assert conversation != strangers
        assert ANN not in one.content.decode()
        headers = message_from_string(one.content.decode())
        addressed = getaddresses([str(value) for name in ("To", "Cc", "Bcc") for value in headers.get_all(name, [])])
        assert [address for _, address in addressed] == [recipient]
        assert "{{ 7*7 }}" not in words(one.content)


async def test_where_a_result_is_asked_for_only_one_under_our_own_servers_name_passes(shop: Shop) -> None:
    await shop.open_mailbox(replace(open_to_attacks(), authentication=AuthenticationPolicy.MISSING))
    known = knowledge("<ours@shop.example>", "<1@stranger.example>")
    made = {attack.name: attack for attack in attacks(known) if attack.name.startswith("results_")}
    assert made.keys() >= UNDER_OUR_NAME
    async with shop.working() as work:
        put(shop, tuple(made.values()))
        await work.settled(len(made))
        replies = await answered(work)
    names = {attack.raw: name for name, attack in made.items()}
    answers = {names[replies[one.message_id][0]] for one in shop.sent()}
    assert answers == UNDER_OUR_NAME


def open_to_attacks() -> Mailbox:
    """Return a mailbox that is as ready to answer as one can be, and knows its own server's name."""
    return shop_mailbox(caps=GENEROUS, answer_within_hours=ANY_AGE_HOURS, authserv_ids=("mx.shop.example",))


def knowledge(our_message_id: str, strangers_message_id: str) -> Known:
    """Return what the attacker knows."""
    return Known(
        our_address=HELP,
        our_message_id=our_message_id,
        its_recipient=ANN,
        strangers_message_id=strangers_message_id,
    )

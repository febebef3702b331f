"""One run over IMAP and SMTP: the servers are started, Postroom is tortured, and the verdict is given."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from postroom.interfaces.clock import SystemClock
from postroom.model.mailbox import SentPolicy
from torture.child import SECRET, Life
from torture.harness import Tally
from torture.mail_harness import MailTally, Plan, Scene, torture_by_mail
from torture.mail_verify import MailVerdict, verify_mail
from torture.mailrooms import Account, imap_and_smtp
from torture.peers import other_side
from torture.postman import Postman


def run_by_mail(life: Life, plan: Plan, *, seed: int, progress: Callable[[Tally], None]) -> MailVerdict:
    """Torture `life` over IMAP and SMTP in its own, empty folder, and return the verdict."""
    user = life.mailbox.address.address
    # INTERNALDATE is cut to seconds: mail of the first one must not look older than the connection.
    connected_at = SystemClock().now() - timedelta(seconds=2)
    with other_side(user) as peers:
        account = Account(
            imap_port=peers.ports.imap_wire,
            smtp_port=peers.ports.smtp_wire,
            user=user,
            connected_at=connected_at,
            secret=SECRET,
        )
        mailbox = replace(life.mailbox, sent_policy=SentPolicy.APPEND, connected_at=connected_at)
        scene = Scene(
            life=replace(life, open_mailroom=imap_and_smtp(account), mailbox=mailbox),
            user=user,
            peers=peers,
            postman=Postman(peers.dovecot, user, seed=seed, connected_at=connected_at),
            tally=MailTally(kills=Tally(seed=seed)),
        )
        torture_by_mail(scene, plan, progress=progress)
        return verify_mail(scene)

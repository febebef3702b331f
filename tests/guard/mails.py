"""E-mails, mailboxes and strategies that the tests of the guard share."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from postroom.guard.arrival import ArrivalFacts
from postroom.model.email import Address, AuthenticationResult, Email, MailboxId
from postroom.model.mailbox import AuthenticationPolicy, Lists, Mailbox, Mode

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = b"k" * 32
ADA = Address(name="Ada", address="ada@example.org")
MAILBOX = Mailbox(
    id=MailboxId("main"),
    address=Address(name="Lindenhof", address="support@lindenhof.example"),
    workflow="customer_support",
    mode=Mode.AUTOMATIC,
    aliases=("Sales@lindenhof.example", "help@lindenhof.example"),
)
PLAIN = Email(subject="My order", from_address=ADA, date=NOW, new_text="Where is it?")

words = st.sampled_from(["order", "Rechnung", "legal", "Anwalt", "straße", "wo ist", "訂單", "x-y"])
addresses = st.builds(
    Address,
    name=st.just(""),
    address=st.builds(
        "{}@{}".format,
        st.sampled_from(["ada", "Bob", "c+d", "no.body"]),
        st.sampled_from(["example.org", "mail.example.org", "other.example", "bücher.example"]),
    ),
)
entries = st.one_of(words, addresses.map(lambda each: each.address), st.sampled_from(["@example.org", "@example"]))
results = st.builds(
    AuthenticationResult,
    authserv_id=st.sampled_from(["mx.lindenhof.example", "forged.example"]),
    method=st.sampled_from(["dmarc", "dkim", "spf", "arc"]),
    result=st.sampled_from(["pass", "fail", "none", "softfail", "temperror"]),
    domain=st.sampled_from(["", "example.org", "mail.example.org", "other.example"]),
)
times = st.integers(min_value=-2000, max_value=2000).map(lambda hours: NOW + timedelta(hours=hours))
emails = st.builds(
    Email,
    subject=words,
    from_address=st.none() | addresses,
    reply_to=st.lists(addresses, max_size=1).map(tuple),
    date=st.none() | times,
    handed_over_at=st.none() | times,
    new_text=st.lists(words, max_size=4).map(" ".join),
    authentication=st.lists(results, max_size=4).map(tuple),
    automatic=st.none() | st.sampled_from(["mailing_list", "auto_reply"]),
    cautions=st.lists(st.sampled_from(["encrypted", "hidden_text"]), max_size=2, unique=True).map(tuple),
)
several = st.lists(entries, max_size=2).map(tuple)
mailboxes = st.builds(
    Mailbox,
    id=st.just(MAILBOX.id),
    address=st.just(MAILBOX.address),
    workflow=st.just("customer_support"),
    mode=st.sampled_from(Mode),
    aliases=st.just(MAILBOX.aliases),
    automatic_categories=st.none() | st.just(("returns",)),
    pilot_addresses=st.sampled_from([(), ("ada@example.org",)]),
    lists=st.builds(Lists, never_answer=several, never_automate=several, always_person=several),
    answer_within_hours=st.sampled_from([1.0, 72.0, 1e300]),
    authserv_ids=st.sampled_from([(), ("MX.lindenhof.example",)]),
    authentication=st.sampled_from(AuthenticationPolicy),
    connected_at=st.none() | times,
    stopped=st.sampled_from(["", "The cap per hour was reached."]),
)


def facts(
    mailbox: Mailbox = MAILBOX, *, flags: frozenset[str] = frozenset(), received_at: datetime = NOW
) -> ArrivalFacts:
    return ArrivalFacts(
        received_at=received_at,
        flags=flags,
        now=NOW,
        mailbox=mailbox,
        own_addresses=frozenset(mailbox.addresses),
        secret=SECRET,
    )

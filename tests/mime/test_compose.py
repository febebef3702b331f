"""Replies: what they say, whom they go to, and that no field of a mail can bend them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.errors import InputError
from postroom.mime.compose import OWN_REPLY, ReplyContent, compose_reply, reply_subject
from postroom.mime.parse import parse
from postroom.model.email import Address, Email

ANSWERED = Email(
    subject="AW: Re: Lampe",
    from_address=Address(name="Jäne, Doe", address="jane@doe.example"),
    message_id="<2@doe.example>",
    in_reply_to="<1@shop.example>",
    references=("<0@doe.example>", "<1@shop.example>"),
)
CONTENT = ReplyContent(
    answered=ANSWERED,
    text="Guten Tag,\n\nwir senden <b>Ersatz</b> & mehr.\n",
    sender=Address(name="Lindenhof Hilfe", address="help@shop.example"),
    mail_from="bounce@shop.example",
    message_id="<postroom.1@shop.example>",
    date=datetime(2025, 5, 12, 8, 30, tzinfo=UTC),
    automatic=True,
    disclosure=("This answer was written by a machine.",),
)


def test_a_reply_says_through_parse_what_was_put_in() -> None:
    outgoing = compose_reply(CONTENT)
    email = parse(outgoing.content)
    assert email.subject == "Re: Lampe"
    assert email.from_address == CONTENT.sender
    assert email.to == (ANSWERED.from_address,)
    assert (email.message_id, email.in_reply_to) == ("<postroom.1@shop.example>", "<2@doe.example>")
    assert email.references == ("<0@doe.example>", "<1@shop.example>", "<2@doe.example>")
    assert email.date == CONTENT.date
    assert email.text.strip() == f"{CONTENT.text.strip()}\n\nThis answer was written by a machine."
    assert "&lt;b&gt;Ersatz&lt;/b&gt;" in (email.html or "")
    assert (email.automatic, email.defects) == ("auto_submitted", ())
    assert (outgoing.mail_from, outgoing.recipient.address) == ("bounce@shop.example", "jane@doe.example")
    assert b"X-Auto-Response-Suppress: All\r\n" in outgoing.content


def test_a_reply_that_a_person_approved_does_not_call_itself_automatic() -> None:
    outgoing = compose_reply(replace(CONTENT, automatic=False))
    assert b"Auto-Submitted" not in outgoing.content
    assert parse(outgoing.content).automatic is None


@pytest.mark.parametrize("content", [CONTENT, replace(CONTENT, automatic=False)], ids=["automatic", "approved"])
def test_a_reply_carries_its_id_where_a_provider_that_gives_others_leaves_it(content: ReplyContent) -> None:
    outgoing = compose_reply(content)
    assert outgoing.content.count(f"{OWN_REPLY}: {CONTENT.message_id}\r\n".encode()) == 1


def test_the_same_reply_has_the_same_bytes() -> None:
    assert compose_reply(CONTENT) == compose_reply(CONTENT)


def test_reply_to_is_followed_only_inside_the_senders_domain() -> None:
    inside = replace(ANSWERED, reply_to=(Address(name="", address="team@DOE.example"),))
    outside = replace(ANSWERED, reply_to=(Address(name="", address="evil@other.example"),))
    assert compose_reply(replace(CONTENT, answered=inside)).recipient.address == "team@DOE.example"
    assert compose_reply(replace(CONTENT, answered=outside)).recipient.address == "jane@doe.example"


def test_names_and_addresses_beyond_ascii_are_written() -> None:
    answered = replace(ANSWERED, from_address=Address(name="山田", address="jörg@bücher.example"))
    outgoing = compose_reply(replace(CONTENT, answered=answered))
    assert outgoing.recipient.address == "jörg@xn--bcher-kva.example"
    assert parse(outgoing.content).to == (Address(name="山田", address="jörg@xn--bcher-kva.example"),)


@pytest.mark.parametrize("address", [None, Address(name="x", address="nobody"), Address(name="", address="a@b c")])
def test_a_mail_without_a_usable_sender_cannot_be_answered(address: Address | None) -> None:
    with pytest.raises(InputError):
        compose_reply(replace(CONTENT, answered=replace(ANSWERED, from_address=address)))


def test_a_message_id_that_is_none_is_refused() -> None:
    with pytest.raises(InputError):
        compose_reply(replace(CONTENT, message_id="<a@b>\r\nBcc: x@y"))


@pytest.mark.parametrize(
    "subject", ["Lampe", "Re: Lampe", "AW: WG: Fwd: Lampe", "RE[2]: Lampe", "回复：Lampe", "Réf : Lampe"]
)
def test_reply_marks_do_not_pile_up(subject: str) -> None:
    assert reply_subject(subject) == "Re: Lampe"


def test_many_long_references_keep_the_first_and_the_last() -> None:
    chain = tuple(f"<{index:0100d}@doe.example>" for index in range(200))
    email = parse(compose_reply(replace(CONTENT, answered=replace(ANSWERED, references=chain))).content)
    assert email.references[0] == chain[0]
    assert email.references[-2:] == (chain[-1], "<2@doe.example>")
    assert len("".join(email.references)) < 5_000


_TEXT = st.text(max_size=60) | st.sampled_from(
    ["a\r\nBcc: evil@x.example", "=?utf-8?q?a=0D=0ABcc:x?=", "\r\n.\r\n", '"', "\\"]
)
_WORD = st.text(
    st.characters(codec="utf-8", exclude_characters='<>,;:()[]"\\@ ', categories=["L", "N", "P", "S"]),
    min_size=1,
    max_size=20,
)


def test_the_signature_stands_between_text_and_disclosure_and_answers_go_where_they_are_wanted() -> None:
    outgoing = compose_reply(replace(CONTENT, signature="\nLindenhof Ltd\nRoad 1\n", reply_to="answers@shöp.example"))
    email = parse(outgoing.content)
    assert email.reply_to == (Address(name="", address="answers@xn--shp-tna.example"),)
    disclosed = CONTENT.disclosure[0]
    assert email.text.strip() == f"{CONTENT.text.strip()}\n\n-- \nLindenhof Ltd\nRoad 1\n\n{disclosed}"
    assert b"\r\nReply-To:" not in compose_reply(CONTENT).content
    assert "-- " not in parse(compose_reply(replace(CONTENT, signature=" \n")).content).text


@pytest.mark.parametrize("reply_to", ["nobody", "a@b.example\r\nBcc: x@y.example", "a@b.example, c@d.example"])
def test_an_address_for_answers_that_is_none_is_refused(reply_to: str) -> None:
    with pytest.raises(InputError):
        compose_reply(replace(CONTENT, reply_to=reply_to))


@settings(max_examples=300, deadline=None)
@given(subject=_TEXT, name=_TEXT, local=_WORD, text=_TEXT, reference=_TEXT)
def test_no_field_of_a_mail_can_add_a_header(subject: str, name: str, local: str, text: str, reference: str) -> None:
    answered = replace(
        ANSWERED,
        subject=subject,
        from_address=Address(name=name, address=f"{local}@doe.example"),
        message_id=reference,
        references=(reference, "<ok@x>"),
    )
    try:
        bent = replace(CONTENT, answered=answered, text=text, disclosure=(text,), signature=text)
        outgoing = compose_reply(replace(bent, reply_to=f"{local}@shop.example"))
    except InputError:
        return
    head = outgoing.content.split(b"\r\n\r\n", 1)[0].replace(b"\r\n ", b" ")
    names = [line.split(b":", 1)[0].lower() for line in head.split(b"\r\n")]
    assert set(names) <= {
        b"message-id", b"x-postroom-reply", b"in-reply-to", b"references", b"from", b"to", b"reply-to", b"subject",
        b"date", b"auto-submitted", b"x-auto-response-suppress", b"mime-version", b"content-type",
    }  # fmt: skip
    assert len(names) == len(set(names))
    email = parse(outgoing.content)
    assert len(email.to) == 1
    assert email.to[0].address == outgoing.recipient.address


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_parsed_mail_with_a_usable_sender_can_be_answered(value: str) -> None:
    content = f"From: {value} <a@b.example>\nSubject: {value}\nReferences: {value}\nMessage-ID: {value}\n\nx"
    answered = parse(content.encode("utf-8", "surrogatepass"))
    if answered.from_address is not None and answered.from_address.address == "a@b.example":
        assert compose_reply(replace(CONTENT, answered=answered)).recipient.address == "a@b.example"

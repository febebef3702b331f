"""What every attack by mail gets from the parser: nothing."""

from dataclasses import replace

import pytest

from mail.attacks import Attack, Known, attacks
from postroom.mime.automatic import automatic_reason
from postroom.mime.message_id import is_our_message_id, make_message_id
from postroom.mime.parse import parse
from postroom.mime.parts import split_parts
from postroom.model.email import Address, Email

SECRET = b"secret"
KNOWN = Known(
    our_address="help@shop.example",
    our_message_id=make_message_id("reply", domain="shop.example", secret=SECRET),
    its_recipient="jane@doe.example",
    strangers_message_id="<1@stranger.example>",
)
ATTACKS = {attack.name: attack for attack in attacks(KNOWN)}
# One of them carries no mark at all: only the caps of the guard stop it.
MACHINES = [name for name in ATTACKS if name.startswith(("bounce_", "loop_", "complaint_"))]
MACHINES.remove("loop_without_marks")
RECIPIENT_HEADERS = ("to:", "cc:", "reply-to:")
KNOWN_BY_NAME = {f"results_of_{kind}" for kind in ("own", "own_in_capitals", "own_quoted", "version", "comment")}
FORGED = [name for name in ATTACKS if name.startswith("results_")]


def strings(email: Email) -> list[str]:
    """Return the values of an e-mail that can reach a header, a log or a file name."""
    addresses = [*email.to, *email.cc, *email.reply_to, email.from_address, email.original_from]
    found = [text for address in addresses if address is not None for text in (address.name, address.address)]
    found += [email.subject, email.message_id or "", email.in_reply_to or "", *email.references, *email.delivered_to]
    found += [text for attachment in email.attachments for text in (attachment.filename, attachment.content_type)]
    for result in email.authentication:
        found += [result.authserv_id, result.method, result.result, result.domain]
    if email.report is not None:
        found.append(email.report.message_id or "")
        for failed in email.report.recipients:
            found += [failed.address, failed.action, failed.status, failed.detail]
    return found


def header_lines(attack: Attack) -> list[str]:
    """Return the lines of the header as they were written."""
    return attack.raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").split("\r\n")


def test_there_are_many_attacks_and_no_two_are_alike() -> None:
    made = attacks(KNOWN)
    assert len(made) >= 60
    assert len({attack.name for attack in made}) == len({attack.raw for attack in made}) == len(made)
    assert made == attacks(KNOWN)
    assert all(attack.aims_at for attack in made)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gives_an_email_whose_values_are_of_one_line(name: str) -> None:
    email = parse(ATTACKS[name].raw)
    assert not set("\r\n\0") & set("".join(strings(email)))
    assert all(len(address.address) < 6_000 for address in (*email.to, *email.cc, *email.reply_to))


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_comes_from_whom_its_from_line_names(name: str) -> None:
    line = next(line for line in header_lines(ATTACKS[name]) if line.lower().startswith("from:"))
    alone = parse(f"{line}\n\nx".encode())
    assert parse(ATTACKS[name].raw).from_address == alone.from_address


@pytest.mark.parametrize("name", ATTACKS)
def test_only_the_headers_of_recipients_name_recipients(name: str) -> None:
    lines = header_lines(ATTACKS[name])
    alone = parse("\n".join(line for line in lines if line.lower().startswith(RECIPIENT_HEADERS)).encode() + b"\n\nx")
    email = parse(ATTACKS[name].raw)
    assert (email.to, email.cc, email.reply_to) == (alone.to, alone.cc, alone.reply_to)


@pytest.mark.parametrize("name", sorted(name for name in ATTACKS if name.startswith("html_")))
def test_markup_that_acts_is_gone_from_the_page(name: str) -> None:
    page = (parse(ATTACKS[name].raw).html or "").lower()
    for mark in ("<script", "onerror", "onload", "javascript:", "<iframe", "<form", "<meta", "file:", "<!--", "<style"):
        assert mark not in page


@pytest.mark.parametrize(
    ("name", "caution"),
    [
        ("order_in_text", "addresses_machine"),
        ("order_in_subject", "addresses_machine"),
        ("order_in_encoded_subject", "addresses_machine"),
        ("order_with_role_marks", "addresses_machine"),
        ("order_in_german", "addresses_machine"),
        ("zero_width_order", "disguised_words"),
        ("homoglyph_order", "disguised_words"),
        ("html_display_none", "hidden_text"),
        ("html_tiny_font", "hidden_text"),
        ("file_name_order", "addresses_machine"),
        ("attached_mail", "forwarded"),
        ("forwarded_text", "forwarded"),
        ("forwarded_from_us", "forwarded"),
        ("encrypted", "encrypted"),
        ("foreign_reply_to", "other_reply_to"),
        ("reply_to_us", "other_reply_to"),
        ("several_from_addresses", "several_from_addresses"),
        ("two_from_fields", "several_from_addresses"),
        ("group_as_from", "several_from_addresses"),
        ("no_from", "no_from_address"),
        ("quoted_local_part", "no_from_address"),
        ("via_a_list", "rewritten_from"),
        ("original_from", "rewritten_from"),
    ],
)
def test_an_attack_that_is_seen_gets_a_person(name: str, caution: str) -> None:
    assert caution in parse(ATTACKS[name].raw).cautions


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_result_is_told_as_its_writer_wrote_it(name: str) -> None:
    found = parse(ATTACKS[name].raw).authentication
    passed = [result for result in found if result.method == "dmarc" and result.result == "pass"]
    own = [result for result in passed if result.authserv_id == KNOWN.authserv_id]
    # Whoever knows our server's name can write it: the guard must drop all but the topmost field of our own server.
    assert bool(own) == (
        name in {f"results_of_{kind}" for kind in ("own", "own_in_capitals", "own_quoted", "version", "comment")}
    )


@pytest.mark.parametrize("name", MACHINES)
def test_no_machine_answers_a_machine(name: str) -> None:
    root, _ = split_parts(ATTACKS[name].raw)
    sender = parse(ATTACKS[name].raw).from_address or Address(name="", address="")
    assert automatic_reason(root, (sender,)) is not None


def test_a_forged_bounce_never_names_both_our_mail_and_its_recipient() -> None:
    harmless = {"bounce_that_was_delivered", "bounce_that_is_delayed"}
    for name, attack in ATTACKS.items():
        report = parse(attack.raw).report
        if report is None or name in harmless:
            continue
        named = {failed.address for failed in report.recipients}
        assert report.message_id != KNOWN.our_message_id or KNOWN.its_recipient not in named, name


@pytest.mark.parametrize("name", ["person_like_a_bounce", "person_asking_about_a_bounce", "complaint_about_a_stranger"])
def test_a_mail_that_only_looks_like_a_bounce_reports_nothing(name: str) -> None:
    assert parse(ATTACKS[name].raw).report is None


@pytest.mark.parametrize("name", ["forged_own_id_answered", "cut_own_id_answered"])
def test_a_forged_id_is_not_ours(name: str) -> None:
    answered = parse(ATTACKS[name].raw).in_reply_to
    assert answered is not None
    assert not is_our_message_id(answered, secret=SECRET)


def test_the_attacks_fit_any_shop() -> None:
    other = attacks(replace(KNOWN, our_address="hilfe@laden.example", victim="opfer@opfer.example"))
    assert [attack.name for attack in other] == list(ATTACKS)
    assert not [attack.name for attack in other if b"help@shop.example" in attack.raw]

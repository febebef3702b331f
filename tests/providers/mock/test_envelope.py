"""What servers write above a mail."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from postroom.providers.mock.dice import Dice
from postroom.providers.mock.envelope import Envelope, hexadecimal, message_id, server_headers

SENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ENVELOPE = Envelope(
    return_path="ann@example.org",
    domain="example.org",
    recipient="support@lindenhof.example",
    sent_at=SENT,
    received_at=SENT + timedelta(seconds=9, milliseconds=250),
)


def values(name: str) -> list[str]:
    return [value for key, value in server_headers(ENVELOPE, Dice("a")) if key == name]


def test_the_way_through_the_servers_is_told_newest_first_and_never_backwards_in_time() -> None:
    times = [parsedate_to_datetime(value.rpartition(";")[2].strip()) for value in values("Received")]
    assert times == [SENT + timedelta(seconds=9), SENT + timedelta(seconds=1)]


def test_the_shops_own_server_found_everything_in_order() -> None:
    (value,) = values("Authentication-Results")
    assert value.startswith("mx1.lindenhof.example;")
    assert [f"{method}=pass" in value for method in ("dkim", "spf", "dmarc")] == [True] * 3
    assert value.count("example.org") == 3


def test_the_envelope_sender_stands_in_brackets_that_are_empty_for_reports() -> None:
    assert values("Return-Path") == ["<ann@example.org>"]
    headers = server_headers(
        Envelope(return_path="", domain="d.example", recipient="a@b.example", sent_at=SENT, received_at=SENT), Dice("a")
    )
    assert headers[0] == ("Return-Path", "<>")


def test_an_id_belongs_to_its_mail_alone_and_can_be_named_without_the_mail() -> None:
    assert message_id(7, 3, "example.org") == message_id(7, 3, "example.org")
    assert len({message_id(seed, index, "example.org") for seed in (7, 8) for index in range(100)}) == 200
    assert message_id(7, 3, "example.org") == message_id(7, 3, "example.net").replace(".net>", ".org>")


def test_hexadecimal_digits_are_as_many_as_asked_for() -> None:
    assert len(hexadecimal(Dice("a"), 11)) == 11
    assert int(hexadecimal(Dice("a"), 40), 16) >= 0
    assert hexadecimal(Dice("a"), 0) == ""

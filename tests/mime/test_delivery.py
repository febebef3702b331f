"""The time and the address of delivery."""

from datetime import UTC, datetime

import pytest

from postroom.mime.delivery import MAX_DELIVERED_TO, delivered_to, handed_over_at
from postroom.mime.headers import Headers, split_headers

NINE = datetime(2025, 5, 12, 9, 0, tzinfo=UTC)


def headers(text: str) -> Headers:
    content = text.encode() + b"\n\n"
    return split_headers(content, 0, len(content))[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Received: from a by b; Mon, 12 May 2025 11:00:00 +0200 (CEST)", NINE),
        ("Received: from a\n\tby b (x; y)\n\tfor <c>;\n\tMon, 12 May 2025 09:00:00 +0000", NINE),
        ("Received: by b; Mon, 12 May 2025 09:00:00 +0000\nReceived: by a; Mon, 12 May 2025 08:00:00 +0000", NINE),
        ("Received: from a by b; soon\nReceived: by a; Mon, 12 May 2025 08:00:00 +0000", None),
        ("Received: Mon, 12 May 2025 09:00:00 +0000", None),
        ("Received:", None),
        ("Subject: x", None),
    ],
)
def test_the_topmost_received_field_tells_when_it_was_handed_over(text: str, expected: datetime | None) -> None:
    assert handed_over_at(headers(text)) == expected


def test_the_addresses_of_delivery_are_found_once_each() -> None:
    found = delivered_to(
        headers(
            "Delivered-To: help@shop.example\nDelivered-To: <help@shop.example>\nX-Original-To: info@shop.example\n"
            "Envelope-To: a@shop.example, b@shop.example\nDelivered-To: bob\nX-Delivered-To: no@shop.example"
        )
    )
    assert found == ("help@shop.example", "info@shop.example", "a@shop.example", "b@shop.example")


def test_the_addresses_of_delivery_are_bounded_and_of_one_line() -> None:
    many = "\n".join(f"Delivered-To: u{number}@shop.example" for number in range(200))
    assert len(delivered_to(headers(many))) == MAX_DELIVERED_TO


def test_an_encoded_line_break_does_not_reach_an_address() -> None:
    (found,) = delivered_to(headers("Delivered-To: =?utf-8?q?a=0D=0ABcc:b?=@shop.example"))
    assert not set("\r\n\0") & set(found)

"""What servers found out about the sender, read by the letter of RFC 8601."""

import pytest

from postroom.mime.authentication import MAX_RESULTS, MAX_VALUE_CHARS, read_authentication
from postroom.mime.headers import split_headers
from postroom.model.email import AuthenticationResult


def read(*values: str) -> tuple[AuthenticationResult, ...]:
    content = "".join(f"Authentication-Results: {value}\n" for value in values).encode() + b"\n"
    return read_authentication(split_headers(content, 0, len(content))[0])


def told(value: str) -> list[tuple[str, str, str, str]]:
    return [(found.authserv_id, found.method, found.result, found.domain) for found in read(value)]


MX = "mx.shop.example"
UNREADABLE = [(MX, "", "unreadable", "")]
BOTH_NONE = [(MX, "spf", "none", "doe.example"), (MX, "dmarc", "none", "")]
NAMELESS = [("", "spf", "pass", "doe.example"), ("", "dmarc", "pass", "")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{MX}; dmarc=pass header.from=doe.example", [(MX, "dmarc", "pass", "doe.example")]),
        (f"{MX} 1; dmarc=pass header.from=doe.example", [(MX, "dmarc", "pass", "doe.example")]),
        ("MX.Shop.Example; DMARC=Pass Header.From=Doe.Example.", [(MX, "dmarc", "pass", "doe.example")]),
        (f'"{MX}"; spf=pass smtp.mailfrom=jane@doe.example', [(MX, "spf", "pass", "doe.example")]),
        (f"{MX}; spf=pass smtp.mail=jane@doe.example", [(MX, "spf", "pass", "doe.example")]),
        (f"{MX}; spf=pass smtp.helo=mail.doe.example", [(MX, "spf", "pass", "mail.doe.example")]),
        (f'{MX}; spf=pass smtp.mailfrom="a b;c"@doe.example', [(MX, "spf", "pass", "doe.example")]),
        (f"{MX}; dkim=pass (2048-bit; (nested) key) header.i=@doe.example", [(MX, "dkim", "pass", "doe.example")]),
        (f"{MX}; dkim=pass header.i=@x.doe.example header.d=doe.example", [(MX, "dkim", "pass", "doe.example")]),
        (f"{MX}; dkim=fail reason=\"bad ; mac=pass\" header.d=doe.example", [(MX, "dkim", "fail", "doe.example")]),
        (f"{MX}; dkim/1 = pass header . d = doe.example", [(MX, "dkim", "pass", "doe.example")]),
        (f"{MX} (c) ; (a) (b) spf = (d) fail (e) smtp.mailfrom = doe.example", [(MX, "spf", "fail", "doe.example")]),
        (f"{MX};\n\tspf=none\n\tsmtp.mailfrom=a@doe.example;\n\tdmarc=none", BOTH_NONE),
        (f"{MX}; dmarc=fail action=none header.from=doe.example", [(MX, "dmarc", "fail", "doe.example")]),
        (f"{MX}; arc=pass; auth=pass smtp.auth=jane", [(MX, "arc", "pass", ""), (MX, "auth", "pass", "")]),
        ("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=doe.example; dmarc=pass", NAMELESS),
        (f"{MX}; none", []),
        (f"{MX} 2; dmarc=pass header.from=doe.example", UNREADABLE),
        (f"{MX}", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_field_gives_what_it_says(value: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert told(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        f'{MX}; spf=pass smtp.mailfrom="x; dmarc=pass header.from=bank.example',
        f"{MX}; spf=pass (x; dmarc=pass header.from=bank.example",
        f'{MX}; spf=fail smtp.mailfrom="x\\"; dmarc=pass header.from=bank.example"@evil.example',
        f"{MX}; spf=fail (x \\) ; dmarc=pass header.from=bank.example)",
        f"{MX} other; dmarc=pass header.from=bank.example",
    ],
)
def test_no_quotation_or_comment_turns_into_a_result(value: str) -> None:
    assert told(value) == UNREADABLE


@pytest.mark.parametrize(
    "value",
    [
        f'{MX}; spf=pass smtp.mailfrom=a"@evil.example; dmarc=fail header.from=bank.example',
        # Two marks that the sender chose, with the server's own words between them.
        f'{MX}; spf=pass smtp.mailfrom=a"@evil.example; dmarc=fail header.from=b.example; x=y smtp.helo=b"c',
        f"{MX}; spf=pass smtp.mailfrom=a(@evil.example; dmarc=fail header.from=b.example; x=y smtp.helo=b)c",
        f'"{MX}" ; spf=pass (open; dmarc=fail',
        f"(our server) {MX} 1; spf=pass (open; dmarc=fail",
        f"{MX}; " + "; ".join(["dkim=pass header.d=evil.example"] * (MAX_RESULTS + 1)) + "; dmarc=fail",
        f"{MX}; dkim=pass header.b=" + "a" * MAX_VALUE_CHARS + "; dmarc=fail",
    ],
    ids=["quote", "two quotes", "two brackets", "quoted name", "comment before the name", "many results", "long"],
)
def test_a_field_that_cannot_be_read_says_so_under_the_name_of_its_server(value: str) -> None:
    assert told(value) == UNREADABLE


def test_a_field_that_cannot_be_read_and_does_not_name_its_server_says_so_too() -> None:
    assert told('spf=pass smtp.mailfrom=a"@evil.example; dmarc=fail') == [("", "", "unreadable", "")]
    assert told("(open; dmarc=fail") == [("", "", "unreadable", "")]


def test_a_lower_field_of_a_server_adds_no_pass_to_what_a_higher_one_says_of_the_method() -> None:
    found = read(f"{MX}; spf=none; dkim=none", f"{MX}; dkim=pass header.d=bank.example; spf=fail; x-own=pass")
    assert [(one.method, one.result) for one in found] == [
        ("spf", "none"),
        ("dkim", "none"),
        ("spf", "fail"),
        ("x-own", "pass"),
    ]
    assert [one.result for one in read("a; dkim=none", "b; dkim=pass header.d=b.example")] == ["none", "pass"]


def test_fields_beyond_the_bound_count_as_unreadable_once_for_each_server() -> None:
    full = [f"other{number}.example; " + "; ".join(["spf=pass"] * 25) for number in range(2)]
    found = read(*full, f"{MX}; dmarc=fail", f"{MX}; dmarc=pass", "late.example; spf=pass")
    assert [(one.authserv_id, one.result) for one in found[MAX_RESULTS:]] == [
        (MX, "unreadable"),
        ("late.example", "unreadable"),
    ]


def test_a_property_told_twice_with_different_values_is_not_told() -> None:
    assert told(f"{MX}; dmarc=pass header.from=a.example header.from=b.example") == [(MX, "dmarc", "pass", "")]
    assert told(f"{MX}; dkim=pass header.d=a.example header.d=b.example header.i=@a.example")[0][3] == ""


@pytest.mark.parametrize("domain", ["a_@", "<>", "a@", "-x.example", "[192.0.2.1]", "x" * 300, "a/b", "a@b@"])
def test_what_is_no_domain_is_left_out(domain: str) -> None:
    assert told(f"{MX}; dmarc=pass header.from={domain}") == [(MX, "dmarc", "pass", "")]


def test_results_stand_in_the_order_of_the_fields_and_are_bounded() -> None:
    assert [found.authserv_id for found in read("b; spf=pass", "a; spf=pass")] == ["b", "a"]
    assert (
        len(read(*[f"{number}.example; " + "; ".join(["spf=pass"] * 20) for number in range(200)])) <= 2 * MAX_RESULTS
    )


def test_arc_fields_are_not_read() -> None:
    content = b"ARC-Authentication-Results: i=1; mx.shop.example; dmarc=pass header.from=doe.example\n\n"
    assert read_authentication(split_headers(content, 0, len(content))[0]) == ()

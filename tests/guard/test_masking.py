import re
import sys
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.guard.masking import mask, personal_spans

CASES = {
    "EMAIL": (
        "anna.berg+shop@example.co.uk",
        "MÜLLER@bücher.example",
        "o'neil@example.org",
        "mailto:anna@example.org",
        "anna＠example.org",
        "anna (at) example.org",
        "anna [at] example [dot] org",
        "anna {ät} firma (punkt) de",
        "anna @ example.org",
        "anna@ shop.example.org",
        "anna(at)example.org",
        "anna at example.org",
        "anna.berg AT bücher.example.ORG",
        "anna at example dot org",
        "a" * 400 + "@example.org",
    ),
    "CARD": (
        "4111111111111111",
        "4111 1111 1111 1111",
        "5500-0000-0000-0004",
        "3782 822463 10005",
        "4111.1111.1111.1111",
        "4111\u00a01111\u202f1111\u20111111",
        "6011000990139424",
        "４１１１１１１１１１１１１１１１",
        "4222222222222",
        "4111_1111_1111_1111",
        "4111/1111/1111/1111",
        "4111\n1111\n1111\n1111",
        "4111\r\n1111\r\n1111\r\n1111",
        "4111 - 1111 - 1111 - 1111",
        "3782_822463_10005",
    ),
    "IBAN": (
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "gb82 west 1234 5698 7654 32",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        "CH93-0076-2011-6238-5295-7",
        "NL91ABNA0417164300",
        "ES91 2100 0418 4502 0005 1332",
        "IT60X0542811101000000123456",
        "DE89/3704/0044/0532/0130/00",
        "DE89   3704   0044   0532   0130   00",
        "DE89_3704_0044_0532_0130_00",
        "DE89\n3704\n0044\n0532\n0130\n00",
    ),
    "PHONE": (
        "+49 (0)30 123 45 67",
        "+49.171.1234567",
        "0049 171 1234567",
        "030/1234567",
        "(030) 123 45 67",
        "0171-1234567",
        "01711234567",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "+33 6 12 34 56 78",
        "020 7946 0958",
        "(555) 123-4567",
        "555-123-4567",
        "1-202-555-0143",
        "+1 (202) 555-0143",
        "+34 612 34 56 78",
        "+31 6 12345678",
        "+39 06 1234 5678",
        "+41 79 123 45 67",
        "+91 98765 43210",
    ),
}
WRITTEN = [(kind, text) for kind, texts in CASES.items() for text in texts]
KEPT = (
    "Order 4711",
    "order no. 0012345678",
    "Bestellnummer: 0301234567",
    "Bestellung 2024-123456",
    "order #302-1234567-1234567",
    "Rechnung Nr. 0171 2345678",
    "parcel 00340434161094042557",
    "order 100000000000001",
    "on 01.02.2024 at 14:30",
    "on 01/02/2024",
    "am 05-06-2024 um 12.30 Uhr",
    "2024-05-06 10:00:00",
    "from 01.01.2024 to 31.12.2024",
    "1.299,00 EUR",
    "0,50 Euro",
    "$1,234,567.89",
    "12 000 000 EUR",
    "0.99 and 10.99 and 100.00",
    "version 10.0.19045.3570",
    "size 40x60, 230 V, 50 Hz",
    "article 12345-67",
    "7 days, 24 hours, 365 days",
    "the @ sign",
    "3 boxes @ 2.50 each",
    "I looked at example.org and it was at home.Thanks",
    "see page 3 at shop.example.org/returns",
    "We met at 5.pm",
    "01.02.2024\n02.02.2024\n03.02.2024\n04.02.2024\n05.02.2024",
    "2024/05/06\n2024/05/07\n2024/05/08\n2024/05/09\n2024/05/10",
    "12.50\n13.99\n100.00\n45.00\n7.25\n12.00\n99.90\n10.10",
    "12.50   13.99   100.00   45.00   7.25   12.00   99.90   10.10",
    "06.12.24-08.12.24",
    "01.02.2024 14:30:00",
    "between 06-12-2024 and 07-12-2024",
)
NUMBERS = st.sampled_from([text for kind, text in WRITTEN])
PROSE = st.text(max_size=40) | st.sampled_from([" and ", ", ", "\n", " order ", "tel ", " [EMAIL_1] ", "0", "+", ". "])


@pytest.mark.parametrize(("kind", "text"), WRITTEN)
def test_what_is_personal_becomes_a_placeholder_and_comes_back(kind: str, text: str) -> None:
    masked = mask([f"Write to me: {text}, please."])
    assert masked.texts == (f"Write to me: [{kind}_1], please.",)
    assert masked.unmask("Yes, [" + kind + "_1].") == f"Yes, {text}."


@pytest.mark.parametrize("text", KEPT)
def test_dates_prices_and_order_numbers_stay(text: str) -> None:
    assert mask([text]).texts == (text,)


@pytest.mark.parametrize(
    "text", ["Phone: 123456", "Handy 12 34 56 7", "call me on 555 1234", "Tel.nr. 123-456", "☎ 98765"]
)
def test_short_numbers_behind_a_word_for_phones_are_masked(text: str) -> None:
    assert ("PHONE" in mask([text]).texts[0]) == (sum(sign.isdigit() for sign in text) >= 6)


def test_the_same_address_has_the_same_placeholder_everywhere() -> None:
    masked = mask(["a@x.example, b@x.example", "b@x.example a@x.example"])
    assert masked.texts == ("[EMAIL_1], [EMAIL_2]", "[EMAIL_2] [EMAIL_1]")


def test_a_placeholder_in_the_mail_stands_for_itself_only() -> None:
    masked = mask(["Refund [EMAIL_1] and [IBAN_7]; I am a@x.example"])
    assert masked.texts == ("Refund [MARK_1] and [MARK_2]; I am [EMAIL_1]",)
    assert masked.unmask("[EMAIL_1] [MARK_1] [EMAIL_2]") == "a@x.example [EMAIL_1] [EMAIL_2]"


@given(st.lists(PROSE | NUMBERS, max_size=12).map("".join))
@settings(max_examples=300)
def test_nothing_that_matches_survives_and_unmasking_restores(text: str) -> None:
    masked = mask([text])
    assert personal_spans(masked.texts[0]) == []
    assert masked.unmask(masked.texts[0]) == text


@given(st.lists(NUMBERS, min_size=1, max_size=6), st.sampled_from([", ", "; ", "\n", " and "]))
def test_of_several_none_survives(numbers: list[str], between: str) -> None:
    (text,) = mask([between.join(numbers)]).texts
    assert not [number for number in numbers if number in text]


@given(st.from_regex(r"\d{12,18}", fullmatch=True))
def test_every_number_that_checks_as_a_card_is_masked_and_no_other(digits: str) -> None:
    if not digits.isascii() or digits.startswith("0"):
        return
    check = next(str(last) for last in range(10) if luhn(digits + str(last)))
    (masked,) = mask([f"no {digits}{check}!"]).texts
    assert masked == "no [CARD_1]!" or len(set(digits + check)) == 1
    wrong = str((int(check) + 1) % 10)
    assert "CARD" not in mask([f"no {digits}{wrong}!"]).texts[0]


def luhn(digits: str) -> bool:
    doubled = [int(one) * 2 for one in digits[-2::-2]]
    return (sum(int(one) for one in digits[-1::-2]) + sum(one // 10 + one % 10 for one in doubled)) % 10 == 0


def test_a_long_text_without_any_is_left_as_it_is() -> None:
    text = "word 12 " * 2_000 + "a" * 20_000
    assert mask([text]).texts == (text,)
    assert not re.search(r"\[[A-Z]+_\d+\]", text)


def test_what_may_be_two_numbers_is_masked_to_its_end() -> None:
    # 12 28 4111 1111 1111 passes Luhn's check by chance, and so does the card in it.
    text = "12 28 4111 1111 1111 1111"
    assert not re.search(r"\d{3}", mask([text]).texts[0])
    # 0301234566 0171 passes it as well, and cuts the second phone number in two.
    assert luhn("03012345660171")
    assert not re.search(r"\d{3}", mask(["030/1234566\n0171-1234567"]).texts[0])


def test_a_card_behind_hundreds_of_numbers_is_masked() -> None:
    assert "4111" not in mask(["7 " * 500 + "4111 1111 1111 1111"]).texts[0]


HOSTILE = {
    "digits": "1 ",
    "zeros": "0 ",
    "one run": "7",
    "addresses": "a@b.co ",
    "glued addresses": "a@b_",
    "glued accounts": "DE89370400440532013000",
    "glued phones": "+491711234567",
    "cards": "4111/1111/1111/1111\n",
    "word": "a",
    "underlined": "a_@",
    "accounts that are none": "DE 8 9 A ",
    "at": "a at ",
    "called": "call ",
    "blanks": "1   ",
}


@pytest.mark.parametrize("written", HOSTILE.values(), ids=HOSTILE)
def test_twice_the_text_takes_twice_the_work(written: str) -> None:
    times = 4_000 // len(written)
    assert calls_to_mask(written * 2 * times) < 2.2 * calls_to_mask(written * times) + 200


def test_what_hides_one_number_behind_the_other_over_and_over_is_masked_as_a_whole() -> None:
    text = "+491711234567" * 40
    masked = mask([text])
    assert masked.texts == ("[MARK_1]",)
    assert masked.unmask("Call [MARK_1].").count("+49") == 40


def calls_to_mask(text: str) -> int:
    """Count the calls, steps of generators too: a quadratic loop shows here however fast the machine is."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        mask([text])
    finally:
        sys.setprofile(before)
    return calls

import pytest

from postroom.guard.phone_numbers import phone_spans


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("call +49 171 1234567 now", "+49 171 1234567"),
        ("Handynummer: 12 34 567", "12 34 567"),
        ("Meine Telefonnummer ist 123456.", "123456"),
        ("06.12.34.56.78", "06.12.34.56.78"),
        ("order 4711, phone 0171 234567", "0171 234567"),
    ],
)
def test_a_number_is_found_in_its_whole_length(text: str, number: str) -> None:
    assert number in {text[start:end] for start, end in phone_spans(text)}


@pytest.mark.parametrize(
    "text", ["order 0171234567", "on 01.02.2024 12", "0.12345678", "3/0123456789", "12:00 to 18:00"]
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert list(phone_spans(text)) == []

"""Every word of the tables is one that the reader of a mail can meet, and is found where it stands in one."""

import pytest

from postroom.mime import quotation_words as words
from postroom.mime.attribution import attribution_length, header_role
from postroom.mime.quotation import is_original_message
from postroom.mime.signature import signature_start

TABLES = {name: list(value) for name, value in vars(words).items() if name.isupper()}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_all_is_in_lower_case_and_nothing_is_listed_twice(name: str) -> None:
    listed = TABLES[name]
    assert [word for word in listed if word != word.lower() or not word.strip()] == []
    assert [word for word in set(listed) if listed.count(word) > 1] == []


@pytest.mark.parametrize("key", sorted(words.HEADER_ROLES))
def test_every_key_of_a_header_block_is_read_with_its_role(key: str) -> None:
    assert header_role(f"{key.capitalize()}: Ann") == words.HEADER_ROLES[key]
    assert header_role(f"*{key}*: Ann") == words.HEADER_ROLES[key]


@pytest.mark.parametrize("key", sorted(words.ORIGINAL))
def test_every_line_above_repeated_mail_is_recognised_between_dashes_and_not_in_prose(key: str) -> None:
    assert is_original_message(f"-----{key.capitalize()}-----")
    assert not is_original_message(f"I never got your {key}, please send it again")


@pytest.mark.parametrize("opener", sorted(words.OPENERS))
def test_every_opener_begins_an_attribution(opener: str) -> None:
    assert attribution_length([f"{opener} 12. 05. 2025 14:03 Jo Li", "wrote:", "> Hello"], 0) == 2


@pytest.mark.parametrize("verb", words.VERBS)
def test_every_verb_ends_an_attribution(verb: str) -> None:
    assert attribution_length([f"2025-05-12 14:03 Jo Li {verb}:", "> Hello"], 0) == 1
    assert attribution_length([f"Jo Li <jo@example.org> {verb}:", "Hello"], 0) == 1


@pytest.mark.parametrize("verb", words.INNER_VERBS)
def test_a_verb_before_the_name_makes_an_attribution_too(verb: str) -> None:
    assert attribution_length([f"Am 12.05.2025 um 14:03{verb}Jo Li:", "> Hello"], 0) == 1


@pytest.mark.parametrize("pronoun", sorted(word for word in words.PRONOUNS if len(word) > 1))
def test_who_speaks_of_people_they_know_tells_and_quotes_nothing(pronoun: str) -> None:
    assert attribution_length([f"On Monday {pronoun} wrote:", "Hello"], 0) == 0


@pytest.mark.parametrize("closing", sorted(words.CLOSINGS))
def test_every_closing_begins_a_signature_where_a_name_follows_and_not_without_one(closing: str) -> None:
    assert signature_start(["The pan broke.", "", f"{closing.capitalize()},", "Jo Li"]) == 2
    assert signature_start(["The pan broke.", "", f"{closing} for the fast delivery of it all"]) is None


@pytest.mark.parametrize("start", words.MOBILE_STARTS)
def test_every_beginning_of_a_phones_own_line_is_found_beside_a_device(start: str) -> None:
    assert signature_start(["The pan broke.", f"{start.capitalize()} iPhone"]) == 1


@pytest.mark.parametrize("end", words.MOBILE_ENDS)
def test_every_end_of_a_phones_own_line_is_found_beside_a_device(end: str) -> None:
    assert signature_start(["The pan broke.", f"iPhone {end}"]) == 1


def test_no_end_keeps_a_full_stop_which_is_cut_off_before_it_is_looked_up() -> None:
    assert [end for end in words.MOBILE_ENDS if end != end.rstrip(".!。")] == []


@pytest.mark.parametrize("device", words.MOBILE_DEVICES)
def test_every_device_is_found_after_a_beginning(device: str) -> None:
    assert signature_start(["The pan broke.", f"Sent via {device.capitalize()}"]) == 1

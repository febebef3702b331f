"""What still waits in a mailbox, in words."""

import pytest

from postroom.model.waiting import Waiting


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (Waiting(reviews=2, replies=1, emails=3), "2 reviews, 1 reply and 3 unfinished e-mails"),
        (Waiting(reviews=0, replies=2, emails=1), "2 replies and 1 unfinished e-mail"),
        (Waiting(reviews=1, replies=0, emails=1), "1 review and 1 unfinished e-mail"),
        (Waiting(reviews=0, replies=0, emails=12), "12 unfinished e-mails"),
        (Waiting(reviews=0, replies=0, emails=0), ""),
    ],
)
def test_only_what_there_is_is_named_and_in_the_right_number(waiting: Waiting, words: str) -> None:
    assert waiting.in_words == words

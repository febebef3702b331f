"""Subjects and ids by which mails belong together."""

import pytest

from postroom.mime.threading_key import MAX_THREAD_IDS, thread_ids, without_reply_marks
from postroom.model.email import Email

MARKS = [
    "Re",
    "RE",
    "AW",
    "Antw",
    "SV",
    "VS",
    "Fwd",
    "FW",
    "WG",
    "TR",
    "RV",
    "Rif",
    "R",
    "I",
    "Odp",
    "PD",
    "ENC",
    "RES",
    "Ответ",
    "回复",
    "答复",
    "转发",
    "返信",
]


@pytest.mark.parametrize("mark", MARKS)
def test_reply_and_forward_marks_go_and_tags_stay(mark: str) -> None:
    assert without_reply_marks(f"{mark}: {mark}[2]:  [Ticket 12]  Broken  lamp") == "[Ticket 12] Broken lamp"


@pytest.mark.parametrize("subject", ["Regarding the lamp", "Answer: 42", "[only a tag]", "Re:", "Report: May"])
def test_other_words_stay(subject: str) -> None:
    assert without_reply_marks(subject) == subject


def test_ids_come_newest_first_and_once() -> None:
    email = Email(subject="", from_address=None, in_reply_to="<3>", references=("<1>", "<2>", "<3>"))
    assert thread_ids(email) == ("<3>", "<2>", "<1>")


def test_ids_are_capped() -> None:
    email = Email(subject="", from_address=None, references=tuple(f"<{index}>" for index in range(500)))
    assert len(thread_ids(email)) == MAX_THREAD_IDS
    assert thread_ids(email)[0] == "<499>"

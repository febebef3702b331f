"""What a verdict means for a reply."""

from datetime import UTC, datetime

import pytest

from postroom.model.review import Decision, Verdict
from postroom.outbox.verdicts import in_words, sends_nothing


@pytest.mark.parametrize(
    ("verdict", "nothing", "words"),
    [
        (Verdict.APPROVE, False, "approve by a person"),
        (Verdict.EDIT, False, "edit by a person"),
        (Verdict.REJECT, True, "reject by a person"),
        (Verdict.ANSWERED_ELSEWHERE, True, "answered elsewhere"),
    ],
)
def test_every_verdict_has_a_meaning(verdict: Verdict, words: str, *, nothing: bool) -> None:
    decision = Decision(verdict=verdict, by="ann", at=datetime(2026, 1, 6, tzinfo=UTC))
    assert (sends_nothing(decision), in_words(decision)) == (nothing, words)

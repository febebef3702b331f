import pytest

from postroom.language_models.failure import AnswerBody, FailedTry, text_of, wait_seconds


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ({"message": {"content": "x", "refusal": "no"}}, "the model refused"),
        ({"message": {"content": "x"}, "finish_reason": "content_filter"}, "the model refused"),
        ({"message": {"content": "x"}, "finish_reason": "length"}, "the answer was too long"),
        ({"message": {"content": ""}}, "the answer was empty"),
    ],
)
def test_what_a_person_could_not_use_is_a_failure_that_may_have_cost(choice: dict[str, object], reason: str) -> None:
    found = text_of(AnswerBody.model_validate({"choices": [choice]}))
    assert found == FailedTry(reason=reason, may_have_cost=True)


def test_waits_double_and_are_scattered() -> None:
    failure = FailedTry(reason="x", retryable=True)
    for number, middle in ((1, 0.5), (2, 1.0), (3, 2.0)):
        waits = {wait_seconds(failure, number) for _ in range(50)}
        assert all(0.75 * middle <= wait <= 1.25 * middle for wait in waits)
        assert len(waits) > 1


def test_what_the_server_asks_for_goes_before() -> None:
    assert wait_seconds(FailedTry(reason="x", wait_seconds=7.0), 1) == 7.0
    assert wait_seconds(FailedTry(reason="x", refused="seed"), 1) == 0.0

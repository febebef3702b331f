"""What trials are ordered with, as it comes over HTTP and from the command line."""

import pytest
from pydantic import TypeAdapter, ValidationError

from postroom.errors import InputError
from postroom.trials.order import (
    MINUTES_PER_ANSWER,
    MOST_MINUTES,
    MOST_SAMPLE,
    BacktestOrder,
    CompareOrder,
    MailFile,
    MailKind,
    MailOrder,
    Side,
)

SHOP = MailOrder(mailbox_id="shop")
MBOX = MailFile(kind=MailKind.MBOX, path="past.mbox")


def test_mail_lies_in_a_mailbox_or_a_file_or_both() -> None:
    assert MailOrder(file=MBOX).mailbox_id == ""
    assert MailOrder(mailbox_id="shop", file=MBOX).file == MBOX
    with pytest.raises(InputError) as caught:
        MailOrder()
    assert caught.value.hint


def test_a_back_test_that_says_no_more_takes_the_mailboxs_own_workflow_and_model() -> None:
    order = BacktestOrder(mail=SHOP)
    assert (order.side, order.minutes_per_answer) == (Side(workflow="", model=""), MINUTES_PER_ANSWER)


@pytest.mark.parametrize(
    "values",
    [
        {"minutes_per_answer": 0},
        {"minutes_per_answer": MOST_MINUTES + 1},
        {"minutes_per_answer": "nan"},
        {"sample": -1},
        {"sample": MOST_SAMPLE + 1},
        {"mail": {"mailbox_id": "shop", "assumed_threshold": 1.01}},
        {"mail": {"mailbox_id": "shop", "file": {"kind": "pst", "path": "a"}}},
    ],
)
def test_what_comes_over_http_keeps_to_its_bounds(values: dict[str, object]) -> None:
    order = TypeAdapter(BacktestOrder)
    assert order.validate_python({"mail": {"mailbox_id": "shop"}}) == BacktestOrder(mail=SHOP)
    with pytest.raises(ValidationError):
        order.validate_python({"mail": {"mailbox_id": "shop"}} | values)


def test_two_versions_of_a_workflow_are_compared_with_the_model_in_use() -> None:
    order = CompareOrder(mail=SHOP, before="support@1", after="new.yaml", workflow="ignored")
    assert order.sides() == (Side(workflow="support@1"), Side(workflow="new.yaml"))


def test_models_are_compared_with_one_workflow() -> None:
    order = CompareOrder(mail=SHOP, before="model:starter", after="model:md_1", workflow="support@2")
    assert order.sides() == (Side(workflow="support@2", model="starter"), Side(workflow="support@2", model="md_1"))


def test_a_workflow_is_compared_with_a_model_too() -> None:
    assert CompareOrder(mail=SHOP, before="support@1", after="model:md_1").sides() == (
        Side(workflow="support@1"),
        Side(model="md_1"),
    )

import pytest
from pydantic import ValidationError

from postroom.api.past_mail import PastMailForm


def test_past_mail_is_that_of_a_mailbox_or_of_a_file() -> None:
    form = PastMailForm.model_validate({"mailbox_id": "shop", "file": {"kind": "csv", "path": "old.csv"}})
    order = form.order()
    assert (order.mailbox_id, order.file and order.file.path, order.assumed_threshold) == ("shop", "old.csv", None)
    assert PastMailForm.model_validate({"mailbox_id": "shop"}).order().file is None


def test_past_mail_that_lies_nowhere_is_refused() -> None:
    with pytest.raises(ValidationError, match="name a mailbox"):
        PastMailForm.model_validate({})

from pathlib import Path

import pytest
from pydantic import ValidationError

from postroom.actions.past_mail import PastMailFolder
from postroom.api.past_mail import PastMailForm


async def test_past_mail_is_that_of_a_mailbox_or_of_a_file(tmp_path: Path) -> None:
    form = PastMailForm.model_validate({"mailbox_id": "shop", "file": {"kind": "csv", "path": "old.csv"}})
    files = PastMailFolder(tmp_path)
    order = await form.order(files)
    assert (order.mailbox_id, order.file and order.file.path, order.assumed_threshold) == ("shop", "old.csv", None)
    assert (await PastMailForm.model_validate({"mailbox_id": "shop"}).order(files)).file is None


def test_past_mail_that_lies_nowhere_or_in_two_files_is_refused() -> None:
    with pytest.raises(ValidationError, match="name a mailbox"):
        PastMailForm.model_validate({})
    with pytest.raises(ValidationError, match="name one file"):
        PastMailForm.model_validate({"file": {"kind": "csv", "path": "old.csv"}, "past_mail_id": f"pm_{'0' * 32}"})
    with pytest.raises(ValidationError, match="past_mail_id"):
        PastMailForm.model_validate({"past_mail_id": "../../etc/passwd"})

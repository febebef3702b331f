import base64

import pytest

from postroom.api.caller import Caller
from postroom.api.execute_request import UploadForm, message_of, once_key
from postroom.errors import InputError
from postroom.model.credential import CredentialId, CredentialKind
from postroom.model.user import Role, UserId

ANN = Caller(
    user_id=UserId("us_1"),
    name="ann",
    role=Role.AGENT,
    permissions=frozenset(),
    credential_id=CredentialId("cr_1"),
    credential_kind=CredentialKind.TOKEN,
)


def test_base64_may_be_broken_into_lines() -> None:
    text = base64.encodebytes(b"x" * 200).decode()

    assert message_of(UploadForm(eml=text)) == b"x" * 200


@pytest.mark.parametrize("text", ["é", "=", "a", "  "])
def test_what_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        message_of(UploadForm(eml=text))


def test_parts_that_only_join_to_the_same_text_have_different_fingerprints() -> None:
    first, second = once_key(ANN, "k", "ab", "c"), once_key(ANN, "k", "a", "bc")

    assert first is not None
    assert second is not None
    assert first.key == second.key == "us_1/k"
    assert first.fingerprint != second.fingerprint
    assert once_key(ANN, None, "ab") is None

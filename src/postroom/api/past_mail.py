"""What requests say of past mail, and of what it is tried with: nothing that lies outside of what HTTP may reach."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from postroom.actions.past_mail import ID, PastMailFile, PastMailFolder
from postroom.api.written import NO_NUL, PLAIN_NUMBER
from postroom.errors import InputError
from postroom.trials.order import MailFile, MailKind, MailOrder, Threshold

_SLUG = r"[a-z][a-z0-9_]{0,62}(@[1-9][0-9]{0,8})?"
_MODEL = r"[A-Za-z0-9_-]{1,80}"

WorkflowVersionName = Annotated[
    str, Field(pattern=rf"^{_SLUG}$", description="A workflow by its slug, or one version of it: `slug@3`.")
]
ModelName = Annotated[str, Field(pattern=rf"^{_MODEL}$", description="The id of a trained model.")]
SideName = Annotated[
    str, Field(pattern=rf"^(model:{_MODEL}|{_SLUG})$", description="A workflow (`slug`, `slug@3`), or `model:ID`.")
]


class MailFileForm(BaseModel):
    """A file with past mail."""

    model_config = ConfigDict(extra="forbid")

    kind: MailKind
    path: str = Field(
        min_length=1,
        max_length=1_000,
        pattern=NO_NUL,
        description="Where it lies below the folder that the API may use (POSTROOM_FOLDERS_DIR).",
    )


class PastMailForm(BaseModel):
    """Which past mail: that of a file, there or sent, else that of a mailbox; at least one of them is named."""

    model_config = ConfigDict(extra="forbid")

    mailbox_id: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        pattern=NO_NUL,
        description="A mailbox: its stored mail; beside a file: by whose rules that is tried.",
    )
    file: MailFileForm | None = None
    past_mail_id: str | None = Field(
        default=None,
        pattern=rf"^{ID}$",
        description="A file that was sent to `POST /api/v1/past-mail`, in place of one.",
    )
    assumed_threshold: Annotated[Threshold, PLAIN_NUMBER] | None = Field(
        default=None,
        description="From which probability on a reply counts as automatic while nothing is guaranteed; null: the "
        "threshold that is measured on generated mail.",
    )

    @model_validator(mode="after")
    def _somewhere(self) -> "PastMailForm":
        if self.mailbox_id is None and self.file is None and self.past_mail_id is None:
            raise ValueError("name a mailbox, a file, or both")
        if self.file is not None and self.past_mail_id is not None:
            raise ValueError("name one file: `file` or `past_mail_id`")
        return self

    async def order(self, files: PastMailFolder) -> MailOrder:
        """Return it as trials take it.

        Raises:
            NotFoundError: there is no such file among those that were sent. InputError: it can only be imported.
        """
        file = MailFile(kind=self.file.kind, path=self.file.path) if self.file else None
        if self.past_mail_id is not None:
            file = _sent(await files.get(self.past_mail_id))
        return MailOrder(mailbox_id=self.mailbox_id or "", file=file, assumed_threshold=self.assumed_threshold)


def _sent(found: PastMailFile) -> MailFile:
    if found.kind.value not in {kind.value for kind in MailKind}:
        raise InputError(
            f"Past mail of the kind {found.kind.value!r} can be imported, not tried.",
            hint="Send it as CSV with a column text, or as mbox.",
        )
    return MailFile(kind=MailKind(found.kind.value), path=found.path)

"""What trials are ordered with, at the command line or over HTTP: past mail, and what is tried on it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from postroom.errors import InputError

MINUTES_PER_ANSWER = 6.0
"""What answering a mail costs a person; an assumption that is stated beside every figure that rests on it."""
MOST_MINUTES = 1_440
SAMPLE = 20
MOST_SAMPLE = 200
MODEL = "model:"

Minutes = Annotated[float, Field(gt=0, le=MOST_MINUTES)]
SampleSize = Annotated[int, Field(ge=0, le=MOST_SAMPLE)]
Threshold = Annotated[float, Field(ge=0, le=1)]


class MailKind(StrEnum):
    """What past mail lies in."""

    MBOX = "mbox"
    MAILDIR = "maildir"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A file or Maildir with past mail; over HTTP `path` begins in the folder that may be used there."""

    kind: MailKind
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOrder:
    """Which past mail: that of a `file`, else that of a mailbox in the store, by whose rules it is tried in any case.

    `assumed_threshold` is from which probability on a reply counts as automatic while nothing is guaranteed; None: the
    one that is measured on generated mail.
    """

    mailbox_id: str = ""
    file: MailFile | None = None
    assumed_threshold: Threshold | None = None

    def __post_init__(self) -> None:
        """Check that there is a place.

        Raises:
            InputError: there is none.
        """
        if not self.mailbox_id and self.file is None:
            raise InputError("It is not clear which mail is meant.", hint="Name a mailbox, a file, or both.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is tried: a workflow (`slug`, `slug@version` or a YAML file; empty: the mailbox's) and a model.

    The model is the id of a trained one, or `starter`, which came with the installation; empty: the one in use.
    """

    workflow: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestOrder:
    """What a back-test is ordered with; `sample` is how many replies the report shows."""

    mail: MailOrder
    side: Side = Side()
    minutes_per_answer: Minutes = MINUTES_PER_ANSWER
    sample: SampleSize = SAMPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOrder:
    """Which two sides are compared, each a workflow or `model:ID`; models are tried with `workflow`."""

    mail: MailOrder
    before: str
    after: str
    workflow: str = ""

    def sides(self) -> tuple[Side, Side]:
        """Return the two sides."""
        return self._side(self.before), self._side(self.after)

    def _side(self, named: str) -> Side:
        model = named.removeprefix(MODEL)
        return Side(workflow=self.workflow, model=model) if model != named else Side(workflow=named)

"""An example: a text and what a person says it is about; models learn from it and are held against it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from postroom.model.article import ArticleId
from postroom.model.email import EmailId, MailboxId

ExampleId = NewType("ExampleId", str)


class Origin(StrEnum):
    """Where an example comes from: a review, an audit, an imported history, or an answer written elsewhere."""

    REVIEW = "review"
    AUDIT = "audit"
    IMPORT = "import"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled text; `category` is empty where the person only said that the answer was wrong.

    `language` is an ISO 639-1 code, empty where nobody knows. `article_ids` are the articles that a person let answer
    it; `refused_ids` those that a person refused. `answer` is what a person wrote in their place. `email_id` and
    `mailbox_id` are None for imported ones; when the e-mail is erased, so are the texts. `by` is a name, `at` is UTC.
    `generated` marks the made-up shop's mail.
    """

    id: ExampleId
    origin: Origin
    subject: str
    text: str
    language: str
    category: str
    by: str
    at: datetime
    article_ids: tuple[ArticleId, ...] = ()
    refused_ids: tuple[ArticleId, ...] = ()
    answer: str = ""
    email_id: EmailId | None = None
    mailbox_id: MailboxId | None = None
    generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleFilter:
    """Which examples to list; None does not narrow."""

    origin: Origin | None = None
    category: str | None = None
    mailbox_id: MailboxId | None = None


EVERY_EXAMPLE = ExampleFilter()

"""Nouns that people make, for the contract suites of the stores; and text that is hard to keep."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from contracts.store_nouns import at
from postroom.model.article import Article, ArticleId, StoredArticle
from postroom.model.audit import AuditEntry
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.email import ConversationId
from postroom.model.execution import EventKind
from postroom.model.note import Note, NoteId
from postroom.model.page import Page
from postroom.model.submission import Submission
from postroom.model.user import Permission, Role, User, UserId
from postroom.model.webhook import DeliveryId, DeliveryState, Webhook, WebhookDelivery, WebhookId

# NUL, a change of direction, a letter beyond 16 bits, two ways to write é, and signs that SQL and JSON care about.
ODD = "a\x00b \u202e \U0001f600 \u00e9 e\u0301 \ufffd \uffff '\"%_\\;-- \r\n\t \u2028"
HALF_PAIR = "half \ud800 a pair"
NO_CURSORS = ["", "x", "-1", "1-2", "\x00", "ö", "9" * 40, HALF_PAIR]
NO_TEXT_CURSORS = ["", "x", "a@x.example", "\x00", "ö", HALF_PAIR]

Row = TypeVar("Row")


def user(name: str, *, role: Role = Role.AGENT) -> User:
    """Return the user `us_<name>`."""
    return User(
        id=UserId(f"us_{name}"), name=name, display_name=name.title(), role=role, created_at=at(0), updated_at=at(1)
    )


def credential(
    name: str, *, kind: CredentialKind = CredentialKind.SESSION, owner: str = "ann", expires: datetime | None = None
) -> Credential:
    """Return the credential `cr_<name>` of the user `us_<owner>`."""
    return Credential(
        id=CredentialId(f"cr_{name}"),
        kind=kind,
        digest=f"digest of {name}",
        user_id=UserId(f"us_{owner}"),
        created_at=at(0),
        expires_at=expires,
        name=name,
        role=Role.VIEWER,
        scopes=(Permission.READ, Permission.DECIDE),
    )


def entry(
    name: str, *, by: str = "ann", act: str = "approve_review", subject: str = "ex_1/2", minute: int = 0
) -> AuditEntry:
    """Return the audit entry `au_<name>`."""
    return AuditEntry(
        id=f"au_{name}",
        at=at(minute),
        user_id=UserId(f"us_{by}"),
        by=by,
        act=act,
        subject=subject,
        status=200,
        address="192.0.2.1",
        credential="session",
    )


def note(name: str, *, conversation: str = "conversation-1", minute: int = 0, text: str = "Call her.") -> Note:
    """Return the note `no_<name>`."""
    return Note(
        id=NoteId(f"no_{name}"), conversation_id=ConversationId(conversation), by="ann", at=at(minute), text=text
    )


def submission(key: str, *, fingerprint: str = "f", minute: int = 0) -> Submission:
    """Return a submission under `key`."""
    return Submission(key=key, fingerprint=fingerprint, plan='{"ids":["ex_1"]}', at=at(minute))


def webhook(name: str, *, cursor: int = 0) -> Webhook:
    """Return the webhook `name`."""
    return Webhook(
        id=WebhookId(name),
        url=f"https://{name}.example/hook",
        sealed="v1:b2xk",
        kinds=(EventKind.NODE_FAILED, EventKind.EXECUTION_SUCCEEDED),
        cursor=cursor,
        created_at=at(0),
        updated_at=at(1),
    )


def delivery(name: str, number: int, *, next_minute: int = 0) -> WebhookDelivery:
    """Return the delivery of event `number` to the webhook `name`."""
    return WebhookDelivery(
        id=DeliveryId(f"{name}.{number}"),
        webhook_id=WebhookId(name),
        event_cursor=number,
        body=f'{{"cursor":{number}}}',
        state=DeliveryState.PENDING,
        attempts=0,
        next_at=at(next_minute),
        created_at=at(0),
        updated_at=at(0),
    )


def stored_article(name: str, *, language: str = "en", title: str = "Where is my order?") -> StoredArticle:
    """Return the article `name` in a language."""
    article = Article(
        id=ArticleId(name),
        language=language,
        category="orders",
        title=title,
        questions=("Where is it?", "Has it left?"),
        body="It is on its way.\n\nYou get a number.",
    )
    return StoredArticle(article=article, by="ann", updated_at=at(1))


async def all_pages(read: Callable[[str | None], Awaitable[Page[Row]]]) -> list[tuple[Row, ...]]:
    """Return the rows of every page to the end; `read` gets the cursor."""
    page = await read(None)
    found = [page.rows]
    while page.next_cursor is not None:
        page = await read(page.next_cursor)
        found.append(page.rows)
    return found

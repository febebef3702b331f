"""Past mail in a table: CSV with the columns text and label, and, where there are any, subject, from, answer, article.

Nothing but the text of a row is a must. The label is what the row is about; other columns are left alone.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from postroom.learning.table import Strict, read_table
from postroom.mime.addresses import parse_addresses
from postroom.model.article import ArticleId
from postroom.model.email import Address, Email
from postroom.trials.past_mail import PastEmail, PastLabels

# A table tells no times; any one will do, as long as it is the same in each run.
RECEIVED_AT = datetime(2026, 1, 1, tzinfo=UTC)
SENDER = Address(name="", address="customer@example.invalid")
"""Who wrote a row that names nobody: without a sender nothing could be answered."""
_OPTIONAL = ("label", "subject", "from", "answer", "article")


class TableMail:
    """The rows of a CSV file as e-mails; equal rows are e-mails of their own."""

    def __init__(self, path: Path, name: str = "") -> None:
        self._path = path
        self._name = name or str(path)
        self._rows: tuple[PastEmail, ...] | None = None

    @property
    def name(self) -> str:
        """The file, as people name it."""
        return self._name

    async def count(self) -> int:
        """Return the number of rows.

        Raises:
            InputError: this is no such table.
        """
        return len(await self._read())

    async def emails(self) -> AsyncGenerator[PastEmail, None]:
        """Give the rows in their order.

        Raises:
            InputError: this is no such table.
        """
        for row in await self._read():
            yield row

    async def _read(self) -> tuple[PastEmail, ...]:
        if self._rows is None:
            self._rows = await asyncio.to_thread(lambda: tuple(_rows(self._path)))
        return self._rows


def _rows(path: Path) -> Iterator[PastEmail]:
    seen: Counter[str] = Counter()
    for row in read_table(path, ("text",), optional=_OPTIONAL, dialect=Strict):
        digest = _digest(row.cells)
        seen[digest] += 1
        yield _email(row.cells, key=f"{digest}-{seen[digest]}")


def _email(cells: Mapping[str, str], *, key: str) -> PastEmail:
    text = cells.get("text", "")
    addresses, _ = parse_addresses([cells.get("from", "")])
    email = Email(
        subject=cells.get("subject", ""),
        from_address=addresses[0] if addresses else SENDER,
        date=RECEIVED_AT,
        text=text,
        new_text=text,
    )
    article = cells.get("article", "").strip()
    truth = PastLabels(
        label=cells.get("label", "").strip(),
        article_ids=(ArticleId(article),) if article else (),
        answer=cells.get("answer", "").strip(),
    )
    return PastEmail(key=key, content=email, received_at=RECEIVED_AT, truth=truth)


def _digest(cells: Mapping[str, str]) -> str:
    # With the name and the length of each cell, so that two different rows never read the same.
    named = "".join(f"{name}:{len(value)}:{value}" for name, value in sorted(cells.items()))
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()

"""Open the SQL store of a URL."""

import asyncio
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from postroom.errors import ConfigurationError, StoreError
from postroom.interfaces.stores import Stores
from postroom.stores.sql.accounts import SqlAccounts
from postroom.stores.sql.alarms import SqlAlarms
from postroom.stores.sql.allowances import SqlAllowances
from postroom.stores.sql.articles import SqlArticles
from postroom.stores.sql.audit import SqlAudit
from postroom.stores.sql.categories import SqlCategories
from postroom.stores.sql.controls import SqlControls
from postroom.stores.sql.credentials import SqlCredentials
from postroom.stores.sql.database import Database
from postroom.stores.sql.emails import SqlEmails
from postroom.stores.sql.examples import SqlExamples
from postroom.stores.sql.executions import SqlExecutions
from postroom.stores.sql.figures import SqlFigures
from postroom.stores.sql.jobs import SqlJobs
from postroom.stores.sql.judgements import SqlJudgements
from postroom.stores.sql.ledger import SqlLedger
from postroom.stores.sql.looks import SqlLooks
from postroom.stores.sql.mailboxes import SqlMailboxes
from postroom.stores.sql.migrate import migrate
from postroom.stores.sql.models import SqlModels
from postroom.stores.sql.notes import SqlNotes
from postroom.stores.sql.outbox import SqlOutbox
from postroom.stores.sql.preferences import SqlPreferences
from postroom.stores.sql.records import SqlRecords
from postroom.stores.sql.reviews import SqlReviews
from postroom.stores.sql.search import SqlSearch
from postroom.stores.sql.spending import SqlSpending
from postroom.stores.sql.sqlite import make_engine, writing
from postroom.stores.sql.submissions import SqlSubmissions
from postroom.stores.sql.suppressions import SqlSuppressions
from postroom.stores.sql.users import SqlUsers
from postroom.stores.sql.webhooks import SqlWebhooks
from postroom.stores.sql.workflows import SqlWorkflows


async def open_stores(url: str) -> Stores:
    """Return the stores of a database such as `sqlite:///folder/postroom.db`; made and migrated where needed.

    Close them with `connection.close()`.

    Raises:
        ConfigurationError: the URL is wrong, its folder cannot be written, or the file is no database.
        StoreError: the database cannot be used now, or it belongs to a newer version of Postroom.
    """
    database = await asyncio.to_thread(_open, _path_of(url))
    return Stores(
        connection=database,
        ledger=SqlLedger(database),
        emails=SqlEmails(database),
        executions=SqlExecutions(database),
        reviews=SqlReviews(database),
        outbox=SqlOutbox(database),
        records=SqlRecords(database),
        workflows=SqlWorkflows(database),
        controls=SqlControls(database),
        mailboxes=SqlMailboxes(database),
        accounts=SqlAccounts(database),
        allowances=SqlAllowances(database),
        suppressions=SqlSuppressions(database),
        alarms=SqlAlarms(database),
        articles=SqlArticles(database),
        audit=SqlAudit(database),
        categories=SqlCategories(database),
        credentials=SqlCredentials(database),
        examples=SqlExamples(database),
        figures=SqlFigures(database),
        jobs=SqlJobs(database),
        models=SqlModels(database),
        judgements=SqlJudgements(database),
        looks=SqlLooks(database),
        notes=SqlNotes(database),
        preferences=SqlPreferences(database),
        search=SqlSearch(database),
        spending=SqlSpending(database),
        submissions=SqlSubmissions(database),
        users=SqlUsers(database),
        webhooks=SqlWebhooks(database),
    )


def _open(path: Path) -> Database:
    engine = make_engine(path)
    try:
        with engine.connect() as connection, writing(connection):
            migrate(connection)
        return Database(engine, path)
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or type(error).__name__
        raise StoreError(
            f"The database {str(path)!r} cannot be used: {reason}.",
            hint="Check that no other program holds it and that its disk is not full.",
        ) from error


def _path_of(url: str) -> Path:
    hint = "Write it as sqlite:///folder/postroom.db (four slashes before an absolute path)."
    try:
        parts: URL = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError("The URL of the store cannot be read.", hint=hint) from error
    if parts.get_backend_name() != "sqlite":
        raise ConfigurationError(f"The SQL store does not know {parts.get_backend_name()!r} databases.", hint=hint)
    if not parts.database or parts.database == ":memory:":
        raise ConfigurationError("A SQLite store needs a file: its connections cannot share memory.", hint=hint)
    return Path(parts.database)

"""Figures in SQL: counted where the rows lie, in a handful of statements whatever is stored.

What counts is an e-mail that the ledger took as new: neither history nor what a person uploaded. Of one mailbox it is
what was new there, so an e-mail that two mailboxes had to look at counts in both, and once in all. Of its executions
the newest counts that is no dry run: however often it was executed, it is one e-mail.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from postroom.errors import InputError
from postroom.model.email import UPLOAD_PLACE, MailboxId
from postroom.model.execution import FinalState
from postroom.model.ledger import EntryKind
from postroom.model.reply import ReplyState
from postroom.model.review import AUDIT_RANK, ReviewStatus
from postroom.model.summary import Backlog, DayVolume, Summary
from postroom.model.waiting import Waiting
from postroom.stores.sql.database import Database
from postroom.stores.sql.rows import Found, Values, millis_from, moment, optional_moment
from postroom.stores.sql.tables.emails import emails
from postroom.stores.sql.tables.executions import executions, records
from postroom.stores.sql.tables.intake import ledger
from postroom.stores.sql.tables.people import reviews
from postroom.stores.sql.tables.replies import replies
from postroom.stores.sql.waiting import waiting_in

MOST_DAYS = 400
MOST_CATEGORIES = 100
"""The most frequent ones are told: people may write any number of them."""


_MILLISECONDS_A_DAY = 24 * 60 * 60 * 1000
_P50, _P95 = 50, 95
_NOTHING = DayVolume(day=date.min, received=0, answered_automatically=0, answered_by_person=0)

Statement = Select[*tuple[object, ...]]
_Narrowed = Callable[[ColumnElement[str]], list[ColumnElement[bool]]]

BACKLOG = select(
    func.count().label("undecided"),
    func.sum(case((reviews.c.rank == 0, 1), else_=0)).label("urgent"),
    func.min(reviews.c.created_at).label("oldest_at"),
).where(
    reviews.c.status.in_([literal(ReviewStatus.OPEN.value), literal(ReviewStatus.CLAIMED.value)]),
    # Nobody waits for the judgement of what was sent. Told by the rank, which the index of the queue holds.
    reviews.c.rank < literal(AUDIT_RANK),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The statements of a summary. `delays` finds the milliseconds to a first reply that have the two given ranks."""

    volumes: Statement
    delays: Statement
    results: Statement
    categories: Statement
    automatic: Statement


class SqlFigures:
    """The `Figures` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def summary(self, *, since: datetime, until: datetime, mailbox_id: MailboxId | None = None) -> Summary:
        """Return the figures of the e-mails received in that time, with every day of it.

        Raises:
            InputError: it is longer than `MOST_DAYS` days.
        """
        if until - since > timedelta(days=MOST_DAYS):
            raise InputError(
                f"A summary covers at most {MOST_DAYS} days, not {(until - since).days}.",
                hint="Ask for a shorter stretch of time.",
            )
        values: Values = {"since": millis_from(since), "until": millis_from(until)}
        statements = statements_of_all() if mailbox_id is None else statements_of_mailbox()
        if mailbox_id is not None:
            values["mailbox_id"] = mailbox_id

        def query(connection: Connection) -> Summary:
            found = connection.execute(statements.volumes, values).all()
            volumes = {volume.day: volume for volume in map(_volume, found)}
            days = tuple(volumes.get(day, replace(_NOTHING, day=day)) for day in _days(since, until))
            automatic = sum(day.answered_automatically for day in days)
            personal = sum(day.answered_by_person for day in days)
            half, most = _quantiles(connection, statements.delays, values, automatic + personal)
            return Summary(
                since=since,
                until=until,
                received=sum(day.received for day in days),
                results=_counts(connection.execute(statements.results, values).all()),
                answered_automatically=automatic,
                answered_by_person=personal,
                first_reply_p50_seconds=half,
                first_reply_p95_seconds=most,
                ignored=sum(row.ignored for row in found),
                categories=_counts(connection.execute(statements.categories, values).all()),
                days=days,
            )

        return await self._database.read(query)

    async def answered_automatically(self, *, since: datetime, until: datetime) -> dict[str, int]:
        """Return how many e-mails received in that time a machine answered first, by category; the most frequent."""
        values: Values = {"since": millis_from(since), "until": millis_from(until)}
        statement = statements_of_all().automatic
        return _counts(await self._database.read(lambda connection: connection.execute(statement, values).all()))

    async def backlog(self) -> Backlog:
        """Return what waits for people now."""
        row = await self._database.read(lambda connection: connection.execute(BACKLOG).one())
        return Backlog(undecided=row.undecided, urgent=int(row.urgent or 0), oldest_at=optional_moment(row.oldest_at))

    async def waiting(self, mailbox_id: MailboxId) -> Waiting:
        """Return what waits in a mailbox, all of it at the same moment."""
        return await self._database.read(lambda connection: waiting_in(connection, mailbox_id))


@cache
def statements_of_all() -> Statements:
    """Return the statements about all mailboxes."""
    return _statements(lambda _: [])


@cache
def statements_of_mailbox() -> Statements:
    """Return the statements about the mailbox `mailbox_id`."""
    return _statements(lambda column: [column == bindparam("mailbox_id")])


def _statements(narrowed: _Narrowed) -> Statements:
    counted = _counted(narrowed)
    first, newest = _first_reply(counted, narrowed), _newest_execution(counted, narrowed)
    return Statements(
        volumes=_volumes(counted, first, newest),
        delays=_delays(counted, first),
        results=_results(counted, newest),
        categories=_categories(counted, newest),
        automatic=_categories(counted.join(replies, _by_machine(first)), newest),
    )


def _counted(narrowed: _Narrowed) -> CTE:
    as_new = exists().where(
        ledger.c.email_id == emails.c.id,
        ledger.c.kind == literal(EntryKind.NEW.value),
        ledger.c.uid_validity != literal(UPLOAD_PLACE),
        *narrowed(_unindexed(ledger.c.mailbox_id)),
    )
    received = (emails.c.received_at >= bindparam("since"), emails.c.received_at < bindparam("until"))
    return select(emails.c.id, emails.c.received_at).where(*received, as_new).cte("counted")


def _first_reply(counted: CTE, narrowed: _Narrowed) -> ColumnElement[int]:
    """Return the position of the reply to a counted e-mail that was sent first."""
    each = replies.alias("each_reply")
    return (
        select(each.c.position)
        .where(
            each.c.email_id == counted.c.id,
            each.c.state == literal(ReplyState.SENT.value),
            each.c.sent_at.is_not(None),
            *narrowed(_unindexed(each.c.mailbox_id)),
        )
        .order_by(each.c.sent_at, each.c.position)
        .limit(1)
        .correlate(counted)
        .scalar_subquery()
    )


def _newest_execution(counted: CTE, narrowed: _Narrowed) -> ColumnElement[int]:
    """Return the position of the execution that says what became of a counted e-mail."""
    each = executions.alias("each_execution")
    return (
        select(each.c.position)
        .where(
            each.c.email_id == counted.c.id,
            each.c.dry_run == literal(0),
            *narrowed(_unindexed(each.c.mailbox_id)),
        )
        .order_by(each.c.position.desc())
        .limit(1)
        .correlate(counted)
        .scalar_subquery()
    )


def _volumes(counted: CTE, first: ColumnElement[int], newest: ColumnElement[int]) -> Statement:
    day = (counted.c.received_at // literal(_MILLISECONDS_A_DAY)).label("day")
    left_alone = and_(replies.c.position.is_(None), executions.c.final_state == FinalState.IGNORED_AUTOMATIC.value)
    with_reply = counted.outerjoin(replies, replies.c.position == first)
    return (
        select(
            day,
            func.count().label("received"),
            func.sum(case((replies.c.automatic == 1, 1), else_=0)).label("automatic"),
            func.sum(case((replies.c.automatic == 0, 1), else_=0)).label("personal"),
            func.sum(case((left_alone, 1), else_=0)).label("ignored"),
        )
        .select_from(with_reply.outerjoin(executions, executions.c.position == newest))
        .group_by(day)
    )


def _delays(counted: CTE, first: ColumnElement[int]) -> Statement:
    passed = replies.c.sent_at - counted.c.received_at
    # The clocks of two servers may differ by more than an answer takes.
    delay = case((passed < 0, 0), else_=passed).label("delay")
    ranked = (
        select(delay, func.row_number().over(order_by=delay).label("place"))
        .select_from(counted.join(replies, replies.c.position == first))
        .subquery("ranked")
    )
    wanted = or_(ranked.c.place == bindparam("half"), ranked.c.place == bindparam("most"))
    return select(ranked.c.place, ranked.c.delay).where(wanted)


def _results(counted: CTE, newest: ColumnElement[int]) -> Statement:
    name = func.coalesce(executions.c.final_state, executions.c.status).label("name")
    return (
        select(name, func.count().label("number"))
        .select_from(counted.join(executions, executions.c.position == newest))
        .group_by(name)
    )


def _by_machine(first: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(replies.c.position == first, replies.c.automatic == 1)


def _categories(counted: FromClause, newest: ColumnElement[int]) -> Statement:
    number = func.count().label("number")
    executed = counted.join(executions, executions.c.position == newest)
    return (
        select(records.c.category.label("name"), number)
        .select_from(executed.join(records, records.c.execution_id == executions.c.id))
        .where(records.c.category.is_not(None))
        .group_by(records.c.category)
        .order_by(number.desc(), records.c.category)
        .limit(MOST_CATEGORIES)
    )


def _unindexed(column: Column[str]) -> ColumnElement[str]:
    """Return a column in words that no index serves: what was received leads, not all there is of a mailbox."""
    return column.concat(literal(""))


def _quantiles(
    connection: Connection, statement: Statement, values: Values, replied: int
) -> tuple[float | None, float | None]:
    """Return the seconds to a first reply that half, and that 95 of 100, took at most (nearest rank)."""
    if replied == 0:
        return None, None
    half, most = (-(-share * replied // 100) for share in (_P50, _P95))
    found = connection.execute(statement, values | {"half": half, "most": most}).all()
    delays = {row.place: row.delay / 1000 for row in found}
    return delays[half], delays[most]


def _volume(row: Found) -> DayVolume:
    return DayVolume(
        day=moment(row.day * _MILLISECONDS_A_DAY).date(),
        received=row.received,
        answered_automatically=row.automatic,
        answered_by_person=row.personal,
    )


def _days(since: datetime, until: datetime) -> Iterator[date]:
    """Yield every day (UTC) of which a moment lies in the time, oldest first."""
    day = since.astimezone(UTC).date()
    while since < until and datetime.combine(day, time(), UTC) < until:
        yield day
        day += timedelta(days=1)


def _counts(rows: Sequence[Found]) -> dict[str, int]:
    return {row.name: row.number for row in rows}

"""Versions of workflows in SQL."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.sql.base import Executable

from postroom.errors import ConflictError, NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.page import Page
from postroom.model.workflow import Workflow, WorkflowSlug, WorkflowVersion
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page
from postroom.stores.sql.rows import Found, millis, optional_moment
from postroom.stores.sql.statements import insert_once, insert_or_replace
from postroom.stores.sql.tables.workflows import published_workflows, workflows

ADD = insert(workflows)
ONE = select(workflows).where(workflows.c.slug == bindparam("slug"), workflows.c.version == bindparam("version"))
NEWEST = select(workflows).where(workflows.c.slug == bindparam("slug")).order_by(workflows.c.version.desc()).limit(1)
_PUBLISHED = select(published_workflows.c.version).where(published_workflows.c.slug == workflows.c.slug)
_other = workflows.alias("other")
_NEWEST_NUMBER = select(func.max(_other.c.version)).where(_other.c.slug == workflows.c.slug)
_IN_USE = func.coalesce(
    _PUBLISHED.correlate(workflows).scalar_subquery(), _NEWEST_NUMBER.correlate(workflows).scalar_subquery()
)
LIST = select(workflows).where(workflows.c.version == _IN_USE).order_by(workflows.c.slug)
CURRENT = select(workflows).where(workflows.c.slug == bindparam("slug"), workflows.c.version == _IN_USE)
VERSIONS = (
    select(workflows, (workflows.c.version == _IN_USE).label("in_use"))
    .where(workflows.c.slug == bindparam("slug"), workflows.c.version < bindparam("before"))
    .order_by(workflows.c.version.desc())
    .limit(bindparam("limit"))
)
PUBLISH = insert_or_replace(published_workflows, "slug")
PIN = insert_once(published_workflows, "slug")

SEE_SLUGS = "The list of workflows shows what there is."


class SqlWorkflows:
    """The `Workflows` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, workflow: Workflow, *, at: datetime, base_version: int | None = None) -> Workflow:
        """Return it with its version: the newest one where nothing but the version differs, else the next number.

        Where `base_version` is given, the version in use stays in use; ConflictError where it is not the newest one.
        """

        def operation(connection: Connection) -> Workflow | None:
            row = connection.execute(NEWEST, {"slug": workflow.slug}).first()
            newest = 0 if row is None else int(row.version)
            if base_version is not None and base_version != newest:
                return None
            known = replace(workflow, version=newest)
            if row is not None and decode(Workflow, row.workflow_json) == known:
                return known
            if base_version:
                # Where none was ever published the newest one is in use, and the new one would be at once.
                connection.execute(PIN, {"slug": workflow.slug, "version": newest})
            saved = replace(workflow, version=newest + 1)
            values = {"slug": saved.slug, "version": saved.version, "workflow_json": encode(saved)}
            connection.execute(ADD, values | {"saved_at": millis(at)})
            return saved

        made = await self._database.write(operation)
        if made is None:
            raise ConflictError(
                f"A newer version of the workflow {workflow.slug!r} than {base_version} was saved meanwhile.",
                hint="Load it, make your changes there, and save again.",
            )
        return made

    async def get(self, slug: WorkflowSlug, version: int) -> Workflow:
        """Return one version; NotFoundError where there is none."""
        values = {"slug": slug, "version": version}
        row = await self._database.read(lambda connection: connection.execute(ONE, values).first())
        if row is None:
            raise _no_version(slug, version)
        return decode(Workflow, row.workflow_json)

    async def newest(self, slug: WorkflowSlug) -> Workflow:
        """Return the newest version; NotFoundError where there is none."""
        return await self._one(NEWEST, slug)

    async def current(self, slug: WorkflowSlug) -> Workflow:
        """Return the version in use; NotFoundError where there is no such workflow."""
        return await self._one(CURRENT, slug)

    async def publish(self, slug: WorkflowSlug, version: int) -> None:
        """Use that version from now on; NotFoundError where there is none."""
        values = {"slug": slug, "version": version}

        def operation(connection: Connection) -> bool:
            if connection.execute(ONE, values).first() is None:
                return False
            connection.execute(PUBLISH, values)
            return True

        if not await self._database.write(operation):
            raise _no_version(slug, version)

    async def versions(self, slug: WorkflowSlug, *, after: str | None = None, limit: int = 50) -> Page[WorkflowVersion]:
        """Return the versions of a workflow, newest first."""
        (before,) = read_cursor(after, (AFTER_ALL,))
        values = {"slug": slug, "before": before, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(VERSIONS, values).all())
        return make_page(rows, limit, _version_of, lambda row: write_cursor(row.version))

    async def list(self) -> tuple[Workflow, ...]:
        """Return the version in use of each workflow, by slug."""
        rows = await self._database.read(lambda connection: connection.execute(LIST).all())
        return tuple(decode(Workflow, row.workflow_json) for row in rows)

    async def _one(self, statement: Executable, slug: WorkflowSlug) -> Workflow:
        row = await self._database.read(lambda connection: connection.execute(statement, {"slug": slug}).first())
        if row is None:
            raise NotFoundError(f"There is no workflow {slug!r}.", hint=SEE_SLUGS)
        return decode(Workflow, row.workflow_json)


def _version_of(row: Found) -> WorkflowVersion:
    return WorkflowVersion(
        version=row.version,
        title=decode(Workflow, row.workflow_json).title,
        saved_at=optional_moment(row.saved_at),
        published=bool(row.in_use),
    )


def _no_version(slug: WorkflowSlug, version: int) -> NotFoundError:
    return NotFoundError(f"There is no version {version} of a workflow {slug!r}.", hint=SEE_SLUGS)

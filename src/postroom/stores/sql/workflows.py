"""Versions of workflows in SQL."""

from dataclasses import replace

from sqlalchemy import Connection, bindparam, func, insert, select

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.model.workflow import Workflow, WorkflowSlug
from postroom.stores.sql.database import Database
from postroom.stores.sql.tables import workflows

ADD = insert(workflows)
ONE = select(workflows).where(workflows.c.slug == bindparam("slug"), workflows.c.version == bindparam("version"))
NEWEST = select(workflows).where(workflows.c.slug == bindparam("slug")).order_by(workflows.c.version.desc()).limit(1)
_newest = select(workflows.c.slug, func.max(workflows.c.version).label("version")).group_by(workflows.c.slug).subquery()
LIST = (
    select(workflows)
    .join(_newest, (workflows.c.slug == _newest.c.slug) & (workflows.c.version == _newest.c.version))
    .order_by(workflows.c.slug)
)

SEE_SLUGS = "`postroom workflow list` shows what there is."


class SqlWorkflows:
    """The `Workflows` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, workflow: Workflow) -> Workflow:
        """Return it with its version: the newest one where nothing but the version differs, else the next number."""

        def operation(connection: Connection) -> Workflow:
            row = connection.execute(NEWEST, {"slug": workflow.slug}).first()
            newest = 0 if row is None else int(row.version)
            known = replace(workflow, version=newest)
            if row is not None and decode(Workflow, row.workflow_json) == known:
                return known
            saved = replace(workflow, version=newest + 1)
            values = {"slug": saved.slug, "version": saved.version, "workflow_json": encode(saved)}
            connection.execute(ADD, values)
            return saved

        return await self._database.write(operation)

    async def get(self, slug: WorkflowSlug, version: int) -> Workflow:
        """Return one version; NotFoundError where there is none."""
        values = {"slug": slug, "version": version}
        row = await self._database.read(lambda connection: connection.execute(ONE, values).first())
        if row is None:
            raise NotFoundError(f"There is no version {version} of a workflow {slug!r}.", hint=SEE_SLUGS)
        return decode(Workflow, row.workflow_json)

    async def newest(self, slug: WorkflowSlug) -> Workflow:
        """Return the newest version; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(NEWEST, {"slug": slug}).first())
        if row is None:
            raise NotFoundError(f"There is no workflow {slug!r}.", hint=SEE_SLUGS)
        return decode(Workflow, row.workflow_json)

    async def list(self) -> tuple[Workflow, ...]:
        """Return the newest version of each workflow, by slug."""
        rows = await self._database.read(lambda connection: connection.execute(LIST).all())
        return tuple(decode(Workflow, row.workflow_json) for row in rows)

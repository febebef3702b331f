"""Things that are open by name and are opened anew when what they were made from has changed."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from postroom.errors import ConfigurationError, PostroomError

log = structlog.get_logger()

Opened = TypeVar("Opened")
_UNKNOWN = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlan(Generic[Opened]):
    """How to open one thing, and a key that changes whenever it must be opened anew."""

    key: Hashable
    open: Callable[[], Awaitable[Opened]]


class KeptOpen(Generic[Opened]):
    """Keeps things open as planned; `told` hears of each opening, with the error where it failed.

    What cannot be opened is tried again when its plan changes, and where waiting may help at each `follow`.
    """

    def __init__(
        self,
        *,
        close: Callable[[str, Opened], Awaitable[None]],
        told: Callable[[str, PostroomError | None], Awaitable[None]],
    ) -> None:
        self.by_name: dict[str, Opened] = {}
        self.failures: dict[str, PostroomError] = {}
        self._keys: dict[str, Hashable] = {}
        self._close = close
        self._told = told

    async def follow(self, plans: Mapping[str, OpenPlan[Opened]]) -> None:
        """Close what is planned no more, open what is new or planned otherwise; one that fails never stops the others.

        What is planned otherwise is opened before the one it replaces is closed: whoever looks for it finds one.
        """
        for name in [name for name in {**self._keys, **self.failures} if name not in plans]:
            self._keys.pop(name, None)
            self.failures.pop(name, None)
            await self._close_one(name, self.by_name.pop(name, None))
        for name, plan in plans.items():
            if self._keys.get(name, _UNKNOWN) != plan.key:
                await self._replace(name, plan)

    async def _replace(self, name: str, plan: OpenPlan[Opened]) -> None:
        before = self.by_name.get(name)
        self._keys.pop(name, None)
        try:
            self.by_name[name] = await plan.open()
        except PostroomError as error:
            self.by_name.pop(name, None)
            await self._fail(name, plan, error)
        except Exception as bug:  # Whatever a plug-in does, the other accounts go on.
            self.by_name.pop(name, None)
            log.exception("could_not_be_opened", name=name, hint="Report this as a bug.")
            hint = "Report this as a bug; the log shows where it was."
            await self._fail(name, plan, ConfigurationError(f"It cannot be opened ({type(bug).__name__}).", hint=hint))
        else:
            self._keys[name] = plan.key
            self.failures.pop(name, None)
            await self._tell(name, None)
        await self._close_one(name, before)

    async def _close_one(self, name: str, opened: Opened | None) -> None:
        if opened is None:
            return
        try:
            await self._close(name, opened)
        except Exception:
            log.exception("could_not_be_closed", name=name, hint="Report this as a bug.")

    async def _fail(self, name: str, plan: OpenPlan[Opened], error: PostroomError) -> None:
        if not error.retryable:
            self._keys[name] = plan.key
        known = self.failures.get(name)
        self.failures[name] = error
        if known is None or str(known) != str(error):
            await self._tell(name, error)

    async def _tell(self, name: str, error: PostroomError | None) -> None:
        try:
            await self._told(name, error)
        except PostroomError as problem:
            log.error("could_not_be_told", name=name, problem=problem.message, hint=problem.hint)  # noqa: TRY400

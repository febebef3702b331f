"""Check of an installation: every connection tried, each result in words. It never raises."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from postroom.errors import PostroomError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: whether it is in order, one line that says so, and where it is not, what to do."""

    name: str
    ok: bool
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Something to look at: `look` returns the line, or raises what is wrong."""

    name: str
    look: Callable[[], Awaitable[str]]


async def check(trials: Sequence[Trial]) -> tuple[Check, ...]:
    """Return what each trial gave, in their order; one that fails never stops the next."""
    return tuple([await _tried(trial) for trial in trials])


async def _tried(trial: Trial) -> Check:
    try:
        return Check(name=trial.name, ok=True, text=await trial.look())
    except PostroomError as error:
        return Check(name=trial.name, ok=False, text=error.message, hint=error.hint)
    except Exception as error:
        log.debug("check_broke", check=trial.name, exc_info=True)
        return Check(name=trial.name, ok=False, text=_in_words(error), hint="Look at the log with level DEBUG.")


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error.strerror}" if isinstance(error, OSError) else f"{type(error).__name__}"

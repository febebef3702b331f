"""Once: what was asked for under a key is planned once, so that asking again does nothing again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from postroom.actions.desk import Desk
from postroom.actions.forget import SUBMISSIONS_LAST
from postroom.errors import InputError
from postroom.model.submission import Submission


class KeyReusedError(InputError):
    """A key came again with another request."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceKey:
    """A key, unique among all who ask, and what tells whether a later request under it asks for the same."""

    key: str
    fingerprint: str


async def planned_once(desk: Desk, once: OnceKey | None, make_plan: Callable[[], Awaitable[str]]) -> str:
    """Return the plan that was made first under this key in the last 24 hours, or a new one, kept before it is given.

    A plan is JSON text. Without a key it is made anew and not kept.

    Raises:
        KeyReusedError: the key stands for another request. Whatever `make_plan` raises: nothing is kept then.
    """
    if once is None:
        return await make_plan()
    submissions, now = desk.stores.submissions, desk.clock.now()
    await submissions.forget(before=now - SUBMISSIONS_LAST)
    kept = await submissions.find(once.key)
    if kept is None:
        wanted = Submission(key=once.key, fingerprint=once.fingerprint, plan=await make_plan(), at=now)
        # Two that come at the same time both plan, and both carry out the plan that was kept.
        kept = await submissions.keep(wanted)
    if kept.fingerprint != once.fingerprint:
        raise KeyReusedError(
            "The idempotency key was used for another request in the last 24 hours.",
            hint="Use a new key for a new request, and the same one only to repeat a request unchanged.",
        )
    return kept.plan

"""Preferences: settings that may change while Postroom runs."""

from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.preferences import PreferencesInForce, change_preferences, in_force
from postroom.api.access import Configurer, Reader
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import router
from postroom.model.preferences import Preferences

ROUTER = router("/preferences", "preferences")
MAX_REVISION = 2**53


class PreferencesChangeBody(BaseModel):
    """What is to be changed; what is left out stays, null goes back to the settings of the process."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, le=MAX_REVISION, description="The revision that was read.")
    undo_seconds: float | None = Field(
        default=None, ge=0, le=600, description="How long a decision can be taken back before anything follows from it."
    )
    reminder_minutes: float | None = Field(
        default=None, ge=1, le=10_080, description="After how long an urgent review nobody claimed is told about again."
    )
    silent_minutes: float | None = Field(
        default=None, ge=1, le=10_080, description="After how long without a look at a mailbox an alarm is raised."
    )
    session_hours: float | None = Field(
        default=None, ge=0.25, le=720, description="After how long without use a log-in ends."
    )


@ROUTER.get("")
async def read_preferences(office: OfficeHere, caller: Reader) -> PreferencesInForce:
    """Each preference as it counts now, and where it comes from."""
    del caller
    return in_force(await office.stores.preferences.get(), office.preferences)


@ROUTER.patch("", responses=problems(409))
async def update_preferences(
    office: OfficeHere, caller: Configurer, wanted: PreferencesChangeBody
) -> PreferencesInForce:
    """Change preferences; they count within seconds, without a restart."""
    del caller
    kept = await office.stores.preferences.get()
    given = wanted.model_fields_set

    def chosen(name: str, before: float | None, after: float | None) -> float | None:
        return after if name in given else before

    changed = Preferences(
        undo_seconds=chosen("undo_seconds", kept.undo_seconds, wanted.undo_seconds),
        reminder_minutes=chosen("reminder_minutes", kept.reminder_minutes, wanted.reminder_minutes),
        silent_minutes=chosen("silent_minutes", kept.silent_minutes, wanted.silent_minutes),
        session_hours=chosen("session_hours", kept.session_hours, wanted.session_hours),
        revision=wanted.revision,
    )
    return in_force(await change_preferences(office.stores, changed), office.preferences)

"""Preferences: settings that may change while Postroom runs."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.preferences import ShownPreferences, change_preferences, shown_preferences
from postroom.api.access import Configurer, Reader
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import router
from postroom.api.written import PLAIN_NUMBER
from postroom.model.preferences import REMINDER, SESSION, SILENT, UNDO, Preferences

ROUTER = router("/preferences", "preferences")
MAX_REVISION = 2**53


class PreferencesChangeBody(BaseModel):
    """What is to be changed; what is left out stays, null goes back to the settings of the process."""

    model_config = ConfigDict(extra="forbid")

    revision: Annotated[int, Field(ge=0, le=MAX_REVISION), PLAIN_NUMBER] = Field(
        description="The revision that was read."
    )
    undo_seconds: Annotated[float, Field(ge=UNDO.least, le=UNDO.most), PLAIN_NUMBER] | None = Field(
        default=None, description="How long a decision can be taken back before anything follows from it."
    )
    reminder_minutes: Annotated[float, Field(ge=REMINDER.least, le=REMINDER.most), PLAIN_NUMBER] | None = Field(
        default=None, description="After how long an urgent review nobody claimed is told about again."
    )
    silent_minutes: Annotated[float, Field(ge=SILENT.least, le=SILENT.most), PLAIN_NUMBER] | None = Field(
        default=None, description="After how long without a look at a mailbox an alarm is raised."
    )
    session_hours: Annotated[float, Field(ge=SESSION.least, le=SESSION.most), PLAIN_NUMBER] | None = Field(
        default=None, description="After how long without use a log-in ends."
    )


@ROUTER.get("")
async def read_preferences(office: OfficeHere, caller: Reader) -> ShownPreferences:
    """Each preference as it counts now, and where it comes from."""
    del caller
    return shown_preferences(await office.stores.preferences.get(), office.preferences)


@ROUTER.patch("", responses=problems(409))
async def update_preferences(office: OfficeHere, caller: Configurer, wanted: PreferencesChangeBody) -> ShownPreferences:
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
    return shown_preferences(await change_preferences(office.stores, changed), office.preferences)

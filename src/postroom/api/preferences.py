"""Preferences: settings that may change while Postroom runs."""

from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.preferences import ShownPreferences, change_preferences, shown_preferences
from postroom.api.access import Configurer, Reader
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import router
from postroom.api.written import PLAIN_NUMBER, Revision, YesNo
from postroom.model.preferences import AUDIT, REMINDER, SESSION, SILENT, TARGET, UNDO

ROUTER = router("/preferences", "preferences")


class PreferencesChangeForm(BaseModel):
    """What is to be changed; what is left out stays, null goes back to the settings of the process."""

    model_config = ConfigDict(extra="forbid")

    revision: Revision
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
    target_precision: Annotated[float, Field(ge=TARGET.least, le=TARGET.most), PLAIN_NUMBER] | None = Field(
        default=None, description="The share of the automatic replies that must be right; until it is proven none goes."
    )
    strict_categories: YesNo | None = Field(
        default=None, description="Whether each category must prove that on its own, not all of them together."
    )
    audit_share: Annotated[float, Field(ge=AUDIT.least, le=AUDIT.most), PLAIN_NUMBER] | None = Field(
        default=None, description="The share of the automatic replies that a person looks at afterwards."
    )


@ROUTER.get("")
async def get_preferences(office: OfficeHere, caller: Reader) -> ShownPreferences:
    """Each preference as it counts now, and where it comes from."""
    del caller
    return shown_preferences(await office.stores.preferences.get(), office.preferences)


@ROUTER.patch("", responses=problems(409))
async def update_preferences(office: OfficeHere, caller: Configurer, wanted: PreferencesChangeForm) -> ShownPreferences:
    """Change preferences; they count within seconds, without a restart."""
    del caller
    kept = await office.stores.preferences.get()
    told = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    changed = replace(kept, **told)
    return shown_preferences(await change_preferences(office.stores, changed), office.preferences)

"""How commands come to their settings and to the store."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from postroom.settings import Settings

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="The data folder, in place of POSTROOM_DATA_DIR.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it; without it the user of this system.")]
Newest = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many, newest first.")]

PLACES = ("store_url", "journal_url", "outbox_dir", "folders_dir")


def settings_of(data_dir: Path | None = None) -> "Settings":
    """Return the settings, with another data folder where one is given, and the log set up for a short command.

    A data folder that a demo made brings the settings of that demo.

    Raises:
        ConfigurationError: a setting is wrong.
    """
    from postroom.cli.demo_folder import as_demo
    from postroom.logs import configure_logging
    from postroom.settings import load_settings

    settings = load_settings()
    # Commands speak by what they print; their log is only for what goes wrong, unless somebody asks for more.
    level = settings.log_level if "log_level" in settings.model_fields_set else "WARNING"
    configure_logging(level, settings.log_format)
    return settings if data_dir is None else as_demo(in_folder(settings, data_dir))


def in_folder(settings: "Settings", folder: Path) -> "Settings":
    """Return the settings with another data folder; places that were set on their own stay where they are."""
    return _with_places(settings, folder, [name for name in PLACES if name not in settings.model_fields_set])


def all_in_folder(settings: "Settings", folder: Path) -> "Settings":
    """Return the settings with store, journal, outbox and everything else in another data folder."""
    return _with_places(settings, folder, PLACES)


def _with_places(settings: "Settings", folder: Path, names: Sequence[str]) -> "Settings":
    # Absolute, as in the settings themselves.
    folder = folder.resolve()
    update: dict[str, object] = {"data_dir": folder}
    for name in names:
        default: object = (
            type(settings)
            .model_fields[name]
            .get_default(call_default_factory=True, validated_data={"data_dir": folder})
        )
        update[name] = Path(default) if name.endswith("_dir") and isinstance(default, str) else default
    return settings.model_copy(update=update)

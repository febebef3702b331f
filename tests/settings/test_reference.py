from pathlib import Path

from postroom.settings.load import load_settings
from postroom.settings.reference import settings_example, settings_reference
from postroom.settings.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
EVERY = sorted(f"POSTROOM_{name.upper()}" for name in Settings.model_fields)


def test_the_example_file_is_that_of_the_settings() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == settings_example()


def test_the_example_file_can_be_used_as_it_stands_when_all_is_uncommented(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in settings_example().splitlines() if line.startswith("# POSTROOM_")]
    (tmp_path / ".env").write_text("\n".join(lines))
    assert load_settings(tmp_path / ".env") == load_settings(None)
    assert sorted(line.partition("=")[0] for line in lines) == EVERY


def test_the_example_does_not_pin_places_that_follow_the_data_folder() -> None:
    assert "# POSTROOM_STORE_URL=\n" in settings_example()
    assert "# POSTROOM_DATA_DIR=data\n" in settings_example()


def test_the_reference_lists_and_describes_every_setting() -> None:
    rows = settings_reference().splitlines()[2:]
    assert sorted(row.split("`")[1] for row in rows) == EVERY
    assert all(row.count("|") == 5 and not row.endswith("|  |") and "None" not in row for row in rows)

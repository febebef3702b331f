import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from postroom.cli.evaluate_language import evaluate_language

app = typer.Typer()
app.command()(evaluate_language)
RUNNER = CliRunner()


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.csv"
    path.write_text(
        "text,label\nWhere is my parcel?,en\nWo ist mein Paket?,de\nGdzie jest moja paczka?,pl\n", encoding="utf-8"
    )
    return path


def test_json_is_one_object_on_the_last_line(texts: Path) -> None:
    ran = RUNNER.invoke(app, ["--test", str(texts), "--languages", "en,de,pl", "--json"])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["accuracy"] == 1
    assert found["per_language"] == {"de": 1.0, "en": 1.0, "pl": 1.0}
    assert found["ms_per_text"] > 0


def test_labels_outside_the_languages_are_wrong_and_said_to_be(texts: Path) -> None:
    ran = RUNNER.invoke(app, ["--test", str(texts), "--languages", "en,de", "--json"])
    assert json.loads(ran.stdout.splitlines()[-1])["per_language"]["pl"] == 0
    assert "pl" in ran.stderr


def test_without_languages_those_of_the_settings_are_told_apart(
    texts: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTROOM_LANGUAGES", "en,de")
    assert "Telling apart: de, en." in RUNNER.invoke(app, ["--test", str(texts)]).stderr
    monkeypatch.delenv("POSTROOM_LANGUAGES")
    assert "pl" in RUNNER.invoke(app, ["--test", str(texts)]).stderr


def test_without_json_there_is_a_table(texts: Path) -> None:
    ran = RUNNER.invoke(app, ["--test", str(texts), "--test", str(texts), "--languages", "en,de,pl"])
    assert ran.exit_code == 0, ran.output
    assert "6 texts" in ran.stdout


def test_an_unknown_language_ends_with_an_error(texts: Path) -> None:
    ran = RUNNER.invoke(app, ["--test", str(texts), "--languages", "en,xx"])
    assert ran.exit_code == 1
    assert "xx" in ran.stderr

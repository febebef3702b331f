"""Importing history, training on it, and going back, as somebody types it."""

import json
from pathlib import Path

import pytest

from actions.training_case import examples
from cli.conftest import Postroom


@pytest.fixture(autouse=True)
def own_models(tmp_path: Path, models: Path, apart: None) -> Path:
    """A folder of models of this test's own; the starter model in it is the shared one."""
    folder = tmp_path / "data" / "models"
    folder.unlink()
    folder.mkdir()
    (folder / "linear").symlink_to(models / "linear")
    return folder


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "old.jsonl"
    lines = [{"text": one.text, "subject": one.subject, "label": one.category} for one in examples(120)]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def test_history_is_imported_trained_on_promoted_and_rolled_back(
    postroom: Postroom, history: Path, own_models: Path
) -> None:
    imported = json.loads(postroom("import", history, "--json").stdout)
    assert (imported["read"], imported["new"], imported["labels"]) == (
        120,
        120,
        {"billing": 40, "claims": 40, "contract": 40},
    )
    trained = json.loads(postroom("train", "--json").stdout)
    assert trained["promoted"]
    assert trained["accuracy"] > 0.9
    assert (own_models / trained["model_id"] / "model.json").exists()
    (listed,) = json.loads(postroom("model", "list", "--json").stdout)
    assert (listed["id"], listed["state"]) == (trained["model_id"], "in_use")
    assert listed["id"] in postroom("model", "list").stdout

    again = postroom("train")
    assert again.exit_code == 0
    assert "in use already" in again.stdout

    back = postroom("model", "rollback")
    assert back.exit_code == 0
    assert "came with the installation" in back.stdout
    assert json.loads(postroom("model", "show", trained["model_id"]).stdout)["state"] == "replaced"
    assert postroom("model", "rollback").exit_code == 1
    assert "is in use" in postroom("model", "promote", trained["model_id"]).stdout
    listed = [line for line in postroom("model", "list").stdout.splitlines() if "starter" in line]
    assert len(listed) == 1
    assert "in use" not in listed[0]
    assert "installation (starter) is in use" in postroom("model", "promote", "starter").stdout
    (listed,) = [line for line in postroom("model", "list").stdout.splitlines() if "starter" in line]
    assert "in use" in listed
    assert trained["model_id"] in postroom("model", "rollback").stdout
    changes = json.loads(postroom("model", "history", "--json").stdout)
    assert [one["rolled_back"] for one in changes] == [True, False, False, True, False]
    assert all(one["by"] for one in changes)
    assert "rolled back" in postroom("model", "history").stdout


def test_what_changes_is_shown_as_tables(postroom: Postroom, history: Path) -> None:
    postroom("import", history)
    shown = postroom("train", "--no-promote").stdout
    assert "held-out mails" in shown
    assert "What changes" in shown
    assert "model promote" in shown


def test_too_little_to_train_on_is_an_error_with_a_way_out(postroom: Postroom) -> None:
    found = postroom("train")
    assert found.exit_code == 1
    assert "import labelled history" in found.output


def test_too_few_mails_to_compare_by_are_told_and_how_to_use_the_model_all_the_same(postroom: Postroom) -> None:
    for name, about in (("claims", "damage"), ("contract", "cancel")):
        postroom("category", "add", name, "--description", f"Mail about {about}.")
    shown = " ".join(postroom("train").stdout.split())
    assert "too few to tell (n = 0)" in shown
    assert "0.0%" not in shown
    assert "`postroom train --promote`" in shown
    assert "too few" in postroom("model", "list").stdout
    assert "is in use; `postroom model rollback` goes back" in " ".join(postroom("train", "--promote").stdout.split())


def test_it_is_told_that_the_model_in_use_knows_none_of_the_labels(postroom: Postroom, history: Path) -> None:
    postroom("import", history)
    assert "never learnt the category of" in " ".join(postroom("train", "--no-promote").stdout.split())


def test_more_examples_than_are_taken_are_told(
    postroom: Postroom, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTROOM_TRAINING_EXAMPLES", "100")
    postroom("import", history)
    shown = " ".join(postroom("train", "--no-promote").stdout.split())
    assert "20 older labelled texts were left out (POSTROOM_TRAINING_EXAMPLES is 100)" in shown


def test_bad_rows_are_told_and_the_others_imported(postroom: Postroom, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("text,label\ngood,a\n,a\n")
    found = postroom("import", path)
    assert found.exit_code == 1
    assert f"{path}, line 3: it has no text." in found.stderr
    assert "1 texts were read" in found.output
    assert "1 of 2 could not be taken" in found.stdout
    assert postroom("import", path, "--dry-run").exit_code == 1
    path.write_text("text,label\ngood,a\n")
    assert "0 are new" in postroom("import", path).output


def test_a_training_can_be_left_to_a_running_postroom_and_cancelled(postroom: Postroom, history: Path) -> None:
    postroom("import", history)
    job = json.loads(postroom("train", "--job", "--json").stdout)
    (waiting,) = json.loads(postroom("job", "list", "--json").stdout)
    assert (waiting["id"], waiting["state"]) == (job["id"], "waiting")
    assert "waiting" in postroom("job", "list").stdout
    assert postroom("job", "cancel", job["id"]).exit_code == 0
    assert json.loads(postroom("job", "show", job["id"]).stdout)["state"] == "cancelled"
    assert postroom("job", "cancel", job["id"]).exit_code == 1
    assert postroom("job", "remove", job["id"]).exit_code == 0
    assert json.loads(postroom("job", "list", "--json").stdout) == []

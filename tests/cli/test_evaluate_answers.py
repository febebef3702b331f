import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from postroom.cli.evaluate_answers import evaluate_answers

app = typer.Typer()
app.command()(evaluate_answers)
RUNNER = CliRunner()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.csv"
    path.write_text(
        "id,question,answer\nparcel,Where is my parcel?,It is on its way.\ninvoice,I need an invoice,Download it.\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    path = tmp_path / "queries.csv"
    path.write_text("text,id\nWhen does my package arrive?,parcel\nPlease bill my company,invoice\n", encoding="utf-8")
    return path


def test_json_is_one_object_on_the_last_line(articles: Path, queries: Path) -> None:
    ran = RUNNER.invoke(app, ["--articles", str(articles), "--queries", str(queries), "--json"])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["recall_at_1"] == found["recall_at_5"] == found["mrr"] == 1
    assert found["ms_per_query"] > 0
    assert found["embedder"].startswith("minilm@")


def test_without_json_there_is_a_table(articles: Path, queries: Path) -> None:
    ran = RUNNER.invoke(app, ["--articles", str(articles), "--queries", str(queries), "--embedder", "none"])
    assert ran.exit_code == 0, ran.output
    assert "2 queries, 2 articles" in ran.stdout
    assert "the right article first" in ran.stdout


def test_files_may_be_repeated(articles: Path, queries: Path) -> None:
    more = articles.with_name("more.csv")
    more.write_text("id,question,answer\nrefund,When do I get my money?,\n", encoding="utf-8")
    asked = queries.with_name("asked.csv")
    asked.write_text("id,text\nrefund,my money please\n", encoding="utf-8")
    files = ["--articles", str(articles), "--articles", str(more), "--queries", str(queries), "--queries", str(asked)]
    ran = RUNNER.invoke(app, [*files, "--embedder", "none", "--json"])
    assert json.loads(ran.stdout.splitlines()[-1])["n_queries"] == 3


def test_a_missing_column_ends_with_an_error_and_what_to_do(articles: Path) -> None:
    ran = RUNNER.invoke(app, ["--articles", str(articles), "--queries", str(articles), "--json"])
    assert ran.exit_code == 1
    assert "line 1: the column 'text' is missing" in ran.stderr
    assert "Hint:" in ran.stderr
    assert ran.stdout == ""

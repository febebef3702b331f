from pathlib import Path

import pytest

from postroom.errors import ConfigurationError
from postroom.knowledge.folder import load_folder

YAML = """
articles:
  - {id: a, category: c, title: T, questions: [Why?], body: Because.}
for_a_person:
  - {id: p, category: c, questions: [Who?]}
"""
MARKDOWN = "---\nid: b\ncategory: c\ntitle: T\nquestions: [How?]\n---\nLike this.\n"


def test_yaml_and_markdown_of_a_folder_are_read_and_other_files_left_alone(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text(YAML)
    (tmp_path / "how.de.md").write_text(f"\ufeff{MARKDOWN}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("Not an article")
    shelf = load_folder(tmp_path)
    assert [(one.id, one.language) for one in shelf.articles] == [("a", "en"), ("b", "de")]
    assert [(one.id, one.language) for one in shelf.person_topics] == [("p", "en")]


def test_a_draft_article_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text(YAML)
    (tmp_path / "b.en.md").write_text(MARKDOWN.replace("id: b", "id: b\napproved: false"))
    assert [one.id for one in load_folder(tmp_path).articles] == ["a"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_folder(tmp_path / "absent")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no articles"):
        load_folder(tmp_path)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "de.yaml").write_bytes("articles: [ü]".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"de\.yaml.*not UTF-8"):
        load_folder(tmp_path)


def test_a_folder_named_like_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "de.yaml").mkdir()
    with pytest.raises(ConfigurationError, match=r"de\.yaml.*cannot be read"):
        load_folder(tmp_path)


def test_a_wrong_field_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text(YAML.replace("title: T, ", ""))
    with pytest.raises(ConfigurationError, match=r"en\.yaml: `articles\.1\.title`"):
        load_folder(tmp_path)

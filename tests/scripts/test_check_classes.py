"""Class names that are defined twice are found."""

from pathlib import Path

from check_classes import classes, named_twice


def test_the_public_classes_of_a_module_are_read_without_those_inside_of_others() -> None:
    assert list(classes("class A:\n    class B: ...\n\nclass _C: ...\n\ndef d():\n    class E: ...\n")) == ["A"]


def test_a_name_of_two_classes_is_told_with_both_places(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "one.py").write_text("class Letter: ...\nclass Alone: ...\nclass Watch: ...\n")
    (tmp_path / "inner" / "two.py").write_text("class Letter: ...\nclass Watch: ...\n")
    (problem,) = named_twice(tmp_path)
    assert "Letter is defined in inner/two.py and in one.py" in problem


def test_the_code_gives_no_name_twice() -> None:
    assert list(named_twice()) == []

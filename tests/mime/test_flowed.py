"""Flowed text."""

from postroom.mime.flowed import join_flowed


def test_soft_line_breaks_are_undone_outside_quotations_and_signatures() -> None:
    assert join_flowed("one \ntwo\n> a \n> b\n From x\n-- \nJane") == "one two\n> a \n> b\nFrom x\n-- \nJane"


def test_delsp_takes_the_blank_away() -> None:
    assert join_flowed("日本 \n語", delsp="yes") == "日本語"

"""Attributions and header blocks, line by line."""

from postroom.mime.attribution import attribution_length, header_block_starts, header_role, is_marked


def test_an_attribution_over_three_lines_is_three_lines_long() -> None:
    lines = ["On Mon, 12 May 2025 at 10:30,", "Jane Doe <jane@doe.example>", "wrote:", "> x"]
    assert attribution_length(lines, 0) == 3


def test_prose_is_no_attribution() -> None:
    assert attribution_length(["On Monday I wrote:", "please help"], 0) == 0


def test_a_header_block_needs_three_kinds_of_lines() -> None:
    assert header_block_starts(["From: a", "Sent: b", "Subject: c"], 0)
    assert not header_block_starts(["From: a", "Subject: c"], 0)


def test_a_header_line_is_known_in_every_language() -> None:
    assert [header_role(line) for line in ("Von: a", "De : a", "发件人：a", "*To:* b", "Hello")] == [
        "from",
        "from",
        "from",
        "to",
        None,
    ]


def test_quote_marks_are_seen_behind_blanks() -> None:
    assert is_marked("  > a")
    assert not is_marked("a > b")

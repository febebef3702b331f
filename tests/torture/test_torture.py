"""The harness in small, and the harness against a broken outbox."""

from pathlib import Path

from torture.run_harness import run_harness


def test_nothing_is_lost_or_sent_twice_whatever_is_killed(tmp_path: Path, models: Path) -> None:
    code, figures = run_harness(tmp_path, "--models", str(models), "--kills", "24", "--seed", "11")
    assert figures["kills"] == 24
    assert figures["received"] > 24
    assert figures["answered"] > 0
    assert (figures["lost"], figures["duplicated"], figures["broke_by_itself"]) == (0, 0, 0)
    assert figures["audited"] > 0
    assert figures["unlearned"] == 0
    assert figures["uncertain"] <= figures["sends_cut_off"]
    assert code == 0


def test_a_blind_resend_after_a_crash_is_caught(tmp_path: Path, models: Path) -> None:
    code, figures = run_harness(
        tmp_path, "--models", str(models), "--kills", "12", "--seed", "12", "--blind", "--only", "sender:accepted"
    )
    assert figures["duplicated"] > 0
    assert code == 1

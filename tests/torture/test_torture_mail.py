"""The harness over real IMAP and SMTP in small, and against a broken outbox."""

from pathlib import Path

from torture.run_harness import run_harness
from torture.talk import Place

BORDERS = (
    f"wire.{Place.IMAP_FETCH}",
    "receiver.acknowledge:<",
    "outbox.claim:<",
    "outbox.claim:>",
    f"wire.{Place.SMTP_DATA}",
    f"wire.{Place.SMTP_CONTENT}",
    f"wire.{Place.SMTP_DOT}",
    f"wire.{Place.SMTP_ANSWER}",
    "sent_folder.file:<",
    f"wire.{Place.IMAP_APPEND}",
    f"wire.{Place.IMAP_APPENDED}",
)


def test_no_mail_is_lost_or_answered_twice_whatever_is_killed_and_whichever_server_fails(
    tmp_path: Path, models: Path
) -> None:
    code, figures = run_harness(
        tmp_path,
        *("--mail", "--models", str(models), "--kills", str(len(BORDERS)), "--seed", "7"),
        *("--stops", "2", "--stop-seconds", "0", "--only", *BORDERS),
    )
    assert figures["kills"] == len(BORDERS)
    assert figures["stops"] == 2
    assert (figures["lost"], figures["duplicated"], figures["broke_by_itself"]) == (0, 0, 0)
    assert (figures["rows_wrong"], figures["unconfirmed_elsewhere"], figures["in_no_state"]) == (0, 0, 0)
    assert (figures["history_executed"], figures["history_missing"]) == (0, 0)
    assert (figures["sent_copies_missing"], figures["sent_copies_doubled"], figures["sent_copies_untrue"]) == (0, 0, 0)
    assert figures["borders_reached"] > len(BORDERS) // 2
    assert min(figures["answered"], figures["history"], figures["sent_copies"]) > 0
    assert code == 0


def test_a_blind_resend_over_smtp_is_caught(tmp_path: Path, models: Path) -> None:
    code, figures = run_harness(
        tmp_path,
        *("--mail", "--blind", "--models", str(models), "--kills", "2", "--seed", "12"),
        *("--stops", "0", "--only", f"wire.{Place.SMTP_ANSWER}"),
    )
    assert figures["duplicated"] > 0
    assert code == 1

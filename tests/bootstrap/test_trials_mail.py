"""Past mail as it is ordered, and that there is some."""

from pathlib import Path

import pytest

from postroom.bootstrap.trials_mail import mail_in, require_any
from postroom.errors import InputError, PostroomError
from postroom.trials.order import MailFile, MailKind, MailOrder
from trials.past import mock_contents, write_maildir, write_mbox


def ordered(kind: MailKind, path: Path) -> MailOrder:
    return MailOrder(file=MailFile(kind=kind, path=str(path)))


async def tried(order: MailOrder) -> int:
    """Return how many e-mails there are, having required one."""
    assert order.file is not None
    mail = mail_in(order.file, Path(order.file.path), max_message_bytes=10**6)
    await require_any(mail, order)
    return len([one async for one in mail.emails()])


async def test_that_there_is_mail_is_seen_without_losing_any(tmp_path: Path) -> None:
    contents = mock_contents(3)
    assert await tried(ordered(MailKind.MBOX, write_mbox(tmp_path / "box", contents))) == 3
    assert await tried(ordered(MailKind.MAILDIR, write_maildir(tmp_path / "dir", contents))) == 3


async def test_a_file_without_mail_is_an_error_that_says_how_such_a_file_looks(tmp_path: Path) -> None:
    (tmp_path / "box").touch()
    (tmp_path / "table").write_text("text,label\n")
    write_maildir(tmp_path / "dir", [])
    hints = {}
    for kind, name in ((MailKind.MBOX, "box"), (MailKind.CSV, "table"), (MailKind.MAILDIR, "dir")):
        with pytest.raises(InputError, match=name) as found:
            await tried(ordered(kind, tmp_path / name))
        hints[kind] = found.value.hint
    assert "export it anew" in hints[MailKind.MBOX]
    assert "new and cur" in hints[MailKind.MAILDIR]


@pytest.mark.parametrize("kind", list(MailKind))
async def test_what_is_not_there_or_is_something_else_is_no_mail(tmp_path: Path, kind: MailKind) -> None:
    with pytest.raises(InputError, match="There is no"):
        await tried(ordered(kind, tmp_path / "nothing"))
    other = tmp_path / "other"
    other.touch() if kind is MailKind.MAILDIR else other.mkdir()
    with pytest.raises(PostroomError):
        await tried(ordered(kind, other))

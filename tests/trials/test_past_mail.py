from pathlib import Path

import pytest

from postroom.bootstrap.trials_mail import mail_in
from postroom.errors import InputError, PluginError
from postroom.mime.content_hash import content_hash
from postroom.trials.order import MailFile, MailKind
from postroom.trials.past_mail import PastEmail, PastLabels, PastMail
from trials.past import bytes_below, mock_contents, write_maildir, write_mbox

MAX = 1_000_000


def folder_of(kind: str, path: Path, *, max_message_bytes: int) -> PastMail:
    return mail_in(MailFile(kind=MailKind(kind), path=str(path)), path, max_message_bytes=max_message_bytes)


async def all_of(mail: PastMail) -> list[PastEmail]:
    return [one async for one in mail.emails()]


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
async def test_every_message_is_given_once_and_the_source_stays_as_it_was(kind: str, tmp_path: Path) -> None:
    contents = mock_contents(12)
    write = {"mbox": write_mbox, "maildir": write_maildir}[kind]
    # The same mail twice: the product would work on it once.
    path = write(tmp_path / "past", [*contents, contents[3]])
    before = bytes_below(tmp_path)
    mail = folder_of(kind, path, max_message_bytes=MAX)
    assert await mail.count() == 13
    found = await all_of(mail)
    assert len(found) == len({one.key for one in found}) == 12
    assert {one.key for one in found} == {content_hash(content) for content, _ in contents}
    assert [one.key for one in await all_of(mail)] == [one.key for one in found]
    assert bytes_below(tmp_path) == before


async def test_the_time_of_a_message_is_when_it_came(tmp_path: Path) -> None:
    contents = mock_contents(3)
    found = await all_of(folder_of("mbox", write_mbox(tmp_path / "past", contents), max_message_bytes=MAX))
    assert [one.received_at for one in found] == [at.replace(microsecond=0) for _, at in contents]


async def test_a_message_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    (content, at), other = mock_contents(2)
    path = write_mbox(tmp_path / "past", [(content + b"x" * 3000 + b"\n", at), other])
    assert len(await all_of(folder_of("mbox", path, max_message_bytes=max(len(other[0]) + 10, 1024)))) == 1


async def test_a_file_that_is_no_mbox_says_so(tmp_path: Path) -> None:
    path = tmp_path / "past"
    path.write_text("hello\n")
    mail = folder_of("mbox", path, max_message_bytes=MAX)
    assert await mail.count() == 0
    with pytest.raises(PluginError, match="From line"):
        await all_of(mail)


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        folder_of("csv", tmp_path / "nothing.csv", max_message_bytes=MAX)


def test_a_truth_that_says_nothing_is_none() -> None:
    assert not PastLabels()
    assert PastLabels(answer="yes")

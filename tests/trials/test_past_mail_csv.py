from pathlib import Path

import pytest

from postroom.errors import InputError
from postroom.model.article import ArticleId
from postroom.model.email import Email
from postroom.trials.past_mail import PastEmail, PastLabels
from postroom.trials.past_mail_csv import TableMail


def table_at(path: Path, text: str) -> TableMail:
    path.write_text(text, encoding="utf-8")
    return TableMail(path)


async def rows(path: Path, text: str) -> list[PastEmail]:
    mail = table_at(path, text)
    found = [one async for one in mail.emails()]
    assert await mail.count() == len(found)
    return found


async def test_a_row_is_an_email_and_what_people_know_of_it(tmp_path: Path) -> None:
    table = 'text,label,subject,from,answer,article,other\n"Where, please?",order,Hi,Ada <ada@x.example>,Soon.,a1,zzz\n'
    (one,) = await rows(tmp_path / "t.csv", table)
    assert isinstance(one.content, Email)
    assert (one.content.subject, one.content.new_text) == ("Hi", "Where, please?")
    assert one.content.from_address is not None
    assert one.content.from_address.address == "ada@x.example"
    assert one.truth == PastLabels(label="order", article_ids=(ArticleId("a1"),), answer="Soon.")


async def test_equal_rows_are_emails_of_their_own_and_have_the_same_keys_each_time(tmp_path: Path) -> None:
    table = "text,label\nhello,a\nhello,a\nhello,b\n"
    found = await rows(tmp_path / "t.csv", table)
    assert len({one.key for one in found}) == 3
    assert [one.key for one in await rows(tmp_path / "t.csv", table)] == [one.key for one in found]


async def test_a_row_without_a_sender_can_be_answered_all_the_same(tmp_path: Path) -> None:
    (one,) = await rows(tmp_path / "t.csv", "text\nhello\n")
    assert isinstance(one.content, Email)
    assert one.content.from_address is not None
    assert not one.truth


@pytest.mark.parametrize("content", [b"label\nx\n", b"", b"text\n\xff\n"])
async def test_what_is_no_such_table_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError):
        await TableMail(tmp_path / "t.csv").count()

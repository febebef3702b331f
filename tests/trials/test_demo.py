from pathlib import Path

from postroom.trials.demo import read_outbox


def test_the_messages_of_a_folder_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "unfinished.eml").write_bytes(b"Subject: no\r\n\r\n")
    for name, uid in (("2.eml", 2), ("1.eml", 1)):
        (tmp_path / name).write_bytes(
            b"Message-ID: <reply-%d@shop.example>\r\nIn-Reply-To: <%d@example.com>\r\n"
            b"To: Ann <ann@example.com>\r\nCc: bob@example.com\r\n\r\nHello\r\n" % (uid, uid)
        )
    found = read_outbox(tmp_path)
    assert [one.message_id for one in found] == ["<reply-1@shop.example>", "<reply-2@shop.example>"]
    assert found[0].in_reply_to == "<1@example.com>"
    assert found[0].recipients == ("ann@example.com", "bob@example.com")
    assert found[0].text.strip() == "Hello"


def test_no_folder_holds_no_messages(tmp_path: Path) -> None:
    assert read_outbox(tmp_path / "nothing") == []

"""The places in SMTP and IMAP talks, and that the wire changes nothing of what is said."""

from collections.abc import Sequence

from torture.talk import ImapTalk, Piece, Place, SmtpTalk, Witness

CONTENT = b"Message-ID: <1@shop.example>\r\n\r\nHello.\r\n.\r\n"


def places(pieces: Sequence[Piece]) -> list[Place]:
    return [piece.before for piece in pieces if piece.before is not None]


def passed_on(pieces: Sequence[Piece]) -> bytes:
    for piece in pieces:
        if piece.then is not None:
            piece.then()
    return b"".join(piece.content for piece in pieces)


def begin_data(talk: SmtpTalk) -> None:
    assert places(talk.said(b"DATA\r\n")) == [Place.SMTP_DATA]
    talk.answered(b"354 go ahead\r\n")


def test_content_that_comes_in_parts_is_passed_on_whole_with_a_place_amid_it_and_one_before_the_dot() -> None:
    witness = Witness()
    talk = SmtpTalk(witness)
    begin_data(talk)
    assert talk.said(CONTENT[:20]) == []
    pieces = talk.said(CONTENT[20:])
    assert places(pieces) == [Place.SMTP_CONTENT, Place.SMTP_DOT]
    assert pieces[-1].content == b".\r\n"
    assert passed_on(pieces) == CONTENT
    assert (witness.begun, witness.answered) == (1, 0)


def test_only_a_2xx_that_was_passed_on_confirms_a_message() -> None:
    witness = Witness()
    talk = SmtpTalk(witness)
    for answer, confirmed in ((b"452 no room\r\n", []), (b"250 taken\r\n", ["<1@shop.example>"])):
        begin_data(talk)
        passed_on(talk.said(CONTENT))
        pieces = talk.answered(answer)
        assert places(pieces) == [Place.SMTP_ANSWER, Place.SMTP_ANSWERED]
        assert witness.confirmed == []
        assert passed_on(pieces) == answer
        assert witness.confirmed == confirmed
    assert (witness.begun, witness.answered) == (2, 2)


def test_a_refused_data_is_followed_by_commands_not_by_content() -> None:
    talk = SmtpTalk(Witness())
    talk.said(b"DATA\r\n")
    talk.answered(b"451 not now\r\n")
    assert places(talk.said(b"MAIL FROM:<a@shop.example>\r\n")) == [Place.SMTP_MAIL]


def test_a_copy_has_a_place_amid_it_and_one_before_its_answer() -> None:
    talk = ImapTalk()
    talk.said(b'A7 APPEND "Sent" (\\Seen) {6}\r\n')
    assert places(talk.answered(b"+ OK\r\n")) == []
    pieces = talk.said(b"copied")
    assert places(pieces) == [Place.IMAP_APPEND]
    assert passed_on(pieces) == b"copied"
    assert passed_on(talk.said(b"\r\n")) == b"\r\n"
    assert places(talk.answered(b"A7 OK [APPENDUID 1 2] done\r\n")) == [Place.IMAP_APPENDED]


def test_only_the_bytes_of_a_message_have_the_place_of_a_fetch() -> None:
    talk = ImapTalk()
    talk.said(b"A1 UID FETCH 1 (FLAGS)\r\n")
    assert places(talk.answered(b"* 1 FETCH (UID 1 FLAGS ())\r\nA1 OK\r\n")) == []
    talk.said(b"A2 UID FETCH 1 (BODY.PEEK[])\r\n")
    answer = b"* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\nA2 OK\r\n"
    pieces = talk.answered(answer)
    assert places(pieces) == [Place.IMAP_FETCH]
    assert passed_on(pieces) == answer


def test_marking_a_message_has_a_place() -> None:
    assert places(ImapTalk().said(b"A3 UID STORE 1 +FLAGS.SILENT (\\Seen)\r\n")) == [Place.IMAP_STORE]

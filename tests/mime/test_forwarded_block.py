"""The block of header lines above a mail forwarded as text, as the mail programs write it."""

import pytest

from postroom.mime.forwarded_block import forwarded_from
from postroom.mime.parse import parse
from postroom.model.email import Address

ANN = Address(name="Ann Lee", address="ann@x.example")
GMAIL = (
    "Please look.\n\n---------- Forwarded message ---------\nFrom: Ann Lee <ann@x.example>\n"
    "Date: Mon, 12 May 2025 at 09:00\nSubject: Lamp\nTo: <bob@shop.example>\n\nIt is broken.\n"
)
THUNDERBIRD = (
    "-------- {mark} --------\nSubject: \tLamp\nDate: \tMon, 12 May 2025 09:00:00 +0200\n"
    "{key}: \tAnn Lee <ann@x.example>\nTo: \tbob@shop.example\n\nIt is broken.\n"
)
APPLE = "\n\n{mark}:\n\n> {key}: Ann Lee <ann@x.example>\n> Subject: Lamp\n> To: bob@shop.example\n>\n> It is broken.\n"
OUTLOOK = "FYI\n\n{frm}: Ann Lee <ann@x.example>\n{sent}: Monday\n{to}: Bob\n{subject}: Lamp\n\nIt is broken.\n"


@pytest.mark.parametrize(
    ("mark", "key"),
    [
        ("Forwarded Message", "From"),
        ("Weitergeleitete Nachricht", "Von"),
        ("Message transféré", "De "),
        ("Mensaje reenviado", "De"),
        ("Messaggio inoltrato", "Da"),
        ("Doorgestuurd bericht", "Van"),
    ],
)
def test_thunderbird_in_six_languages(mark: str, key: str) -> None:
    assert forwarded_from(THUNDERBIRD.format(mark=mark, key=key), "") == ANN


@pytest.mark.parametrize(
    ("mark", "key"),
    [
        ("Begin forwarded message", "From"),
        ("Anfang der weitergeleiteten Nachricht", "Von"),
        ("Début du message réexpédié ", "De"),
        ("Début du message transféré ", "De"),
        ("Inicio del mensaje reenviado", "De"),
        ("Inizio messaggio inoltrato", "Da"),
        ("Begin doorgestuurd bericht", "Van"),
        ("> Begin forwarded message", "From"),
    ],
)
def test_apple_mail_in_six_languages(mark: str, key: str) -> None:
    assert forwarded_from(APPLE.format(mark=mark, key=key), "") == ANN


@pytest.mark.parametrize(
    ("subject", "keys"),
    [
        ("FW: Lamp", ("From", "Sent", "To", "Subject")),
        ("WG: Lampe", ("Von", "Gesendet", "An", "Betreff")),
        ("TR : Lampe", ("De ", "Envoyé ", "À ", "Objet ")),
        ("RV: Lámpara", ("De", "Enviado el", "Para", "Asunto")),
        ("I: Lampada", ("Da", "Inviato", "A", "Oggetto")),
        ("Doorst: Lamp", ("Van", "Verzonden", "Aan", "Onderwerp")),
        ("Fwd: Lamp", ("*From", "*Sent", "*To", "*Subject")),
    ],
)
def test_outlook_in_six_languages(subject: str, keys: tuple[str, str, str, str]) -> None:
    text = OUTLOOK.format(frm=keys[0], sent=keys[1], to=keys[2], subject=keys[3])
    assert forwarded_from(text, subject) == ANN
    # The same block stands above the history of a reply.
    assert forwarded_from(text, "Re: Lamp") is None


@pytest.mark.parametrize(
    "line",
    [
        "From: Ann Lee <ann@x.example>",
        "From: Ann Lee [mailto:ann@x.example]",
        "From: Ann Lee <mailto:ann@x.example>",
        "From: Ann Lee <ann@x.example<mailto:ann@x.example>>",
        "*From:* Ann Lee <ann@x.example>",
        'From: "Ann Lee" <ann@x.example>',
        "From: Ann Lee\n <ann@x.example>",
        "From: Ann Lee (ann@x.example)",
    ],
)
def test_an_address_is_found_however_it_is_written(line: str) -> None:
    assert forwarded_from(GMAIL.replace("From: Ann Lee <ann@x.example>", line), "") == ANN


@pytest.mark.parametrize(
    "text",
    [
        "On Monday Bob <b@x.example> wrote:\n> ---------- Forwarded message ---------\n> From: Ann <ann@x.example>\n",
        "> Shall I?\nYes.\n> ---------- Forwarded message ---------\n> From: Ann <ann@x.example>\n",
        "From: Bob <bob@shop.example>\nSent: Monday\nTo: Ann\nSubject: FW: Lamp\n\n"
        "-----Forwarded Message-----\nFrom: Ann <ann@x.example>\n",
        "Please see the forwarded message\nFrom: Ann <ann@x.example>\n",
        GMAIL.replace(" <ann@x.example>", ""),
        "---------- Forwarded message ---------\n",
        "From: Ann <ann@x.example>\nis what it said.",
        "",
    ],
)
def test_history_and_prose_are_not_taken_for_a_forwarded_mail(text: str) -> None:
    assert forwarded_from(text, "Lamp") is None


def test_a_forwarded_mail_in_html_is_read_from_its_text() -> None:
    page = (
        '<p>See below.</p><div class="gmail_quote"><div>---------- Forwarded message ---------<br>'
        "From: <b>Ann Lee</b> <span>&lt;<a href='mailto:ann@x.example'>ann@x.example</a>&gt;</span><br>"
        "Date: Mon<br>Subject: Lamp<br>To: bob@shop.example<br></div><p>It is broken.</p></div>"
    )
    email = parse(f"From: bob@shop.example\nContent-Type: text/html\n\n{page}".encode())
    assert email.original_from == ANN
    assert "forwarded" in email.cautions

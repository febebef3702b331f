"""Mail that no person wrote to the shop: absence notes, delivery reports, newsletters, calendar replies."""

from datetime import UTC, timedelta

from postroom.providers.mock.dice import Dice
from postroom.providers.mock.envelope import Envelope, hexadecimal, message_id, server_headers
from postroom.providers.mock.letter import Pen
from postroom.providers.mock.plan import MockPlan
from postroom.providers.mock.truth import Truth
from postroom.providers.mock.wire import WirePart, date_header, encoded, mailbox, message, multipart, text_part


def machine_truth(plan: MockPlan) -> Truth:
    """Return the labels of a mail that a machine sent."""
    return Truth(
        kind=plan.kind,
        intent=None,
        category=None,
        article_id=None,
        priority="low",
        sentiment="neutral",
        language=plan.language,
        machine=True,
        answerable=False,
    )


def auto_reply(plan: MockPlan, shop: str) -> bytes:
    """Return an absence note (RFC 3834: Auto-Submitted, and an empty envelope sender)."""
    pen = Pen(plan)
    writer = pen.writer
    headers = _opening(plan, pen, shop, return_path="")
    headers += [
        ("From", mailbox(writer.name, writer.address)),
        ("To", shop),
        ("Subject", encoded(pen.about("out_of_office_subjects"))),
        ("Auto-Submitted", "auto-replied"),
        ("In-Reply-To", f"<{hexadecimal(pen.dice, 20)}@{shop.partition('@')[2]}>"),
    ]
    if pen.dice.chance(0.5):
        headers.append(("X-Auto-Response-Suppress", "All"))
    text = "\n\n".join((pen.about("greetings"), pen.about("out_of_office"), f"{pen.about('closings')}\n{writer.name}"))
    return message(headers, text_part(text + "\n", "plain", "utf-8", "quoted-printable"))


def bounce(plan: MockPlan, shop: str) -> bytes:
    """Return a delivery report in the form of RFC 3464, wrapped as RFC 6522 says."""
    pen = Pen(plan)
    dice, domain = pen.dice, pen.writer.domain
    reason = dice.pick(_BOUNCE_REASONS)
    failed = pen.writer.address
    headers = _opening(plan, pen, shop, return_path="")
    headers += [
        ("From", mailbox("Mail Delivery System", f"MAILER-DAEMON@{domain}")),
        ("To", shop),
        ("Subject", dice.pick(("Undelivered Mail Returned to Sender", "Delivery Status Notification (Failure)"))),
        ("Auto-Submitted", "auto-replied"),
    ]
    note = (
        f"This is the mail system at host mx.{domain}.\n\n"
        "Your message could not be delivered to one or more recipients."
        f"\n\n<{failed}>: {reason[1]}\n"
    )
    status = (
        f"Reporting-MTA: dns; mx.{domain}\r\nArrival-Date: {date_header(pen.writer.written_at)}\r\n\r\n"
        f"Final-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: {reason[0]}\r\n"
        f"Diagnostic-Code: smtp; 550 {reason[0]} {reason[1]}\r\n"
    )
    returned = (
        f"From: Lindenhof <{shop}>\r\nTo: {failed}\r\nSubject: {encoded(pen.about('vague_subjects'))}\r\n"
        f"Date: {date_header(pen.writer.written_at - timedelta(minutes=3))}\r\n"
        f"Message-ID: <{hexadecimal(dice, 20)}@{shop.partition('@')[2]}>\r\n"
    )
    parts = [
        text_part(note, "plain", "us-ascii", "7bit"),
        WirePart(headers=(("Content-Type", "message/delivery-status"),), body=status.encode("ascii")),
        WirePart(headers=(("Content-Type", "text/rfc822-headers"),), body=returned.encode("ascii")),
    ]
    boundary = f"{hexadecimal(dice, 10)}.{hexadecimal(dice, 10)}/mx"
    return message(headers, multipart("report", parts, boundary, parameters="; report-type=delivery-status"))


def newsletter(plan: MockPlan, shop: str) -> bytes:
    """Return another company's newsletter with the list fields of RFC 2369 and 8058."""
    pen = Pen(plan)
    dice, domain = pen.dice, f"news-{pen.writer.domain}"
    token = hexadecimal(dice, 10)
    headers = _opening(plan, pen, shop, return_path=f"bounce-{token}@{domain}")
    headers += [
        ("From", mailbox(pen.slots["company"], f"news@{domain}")),
        ("To", shop),
        ("Subject", encoded(pen.about("newsletter_subjects"))),
        ("List-Id", f"<letter.{domain}>"),
        ("List-Unsubscribe", f"<https://{domain}/u/{token}>, <mailto:leave-{token}@{domain}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    ]
    sentences = [pen.aside("newsletter") for _ in range(dice.between(2, 4))]
    rows = "".join(f"<tr><td style='padding:8px'>{sentence}</td></tr>\n" for sentence in sentences)
    page = (
        f"<html><body><table width='600'>\n{rows}</table>\n<a href='https://{domain}/u/{token}'>x</a></body></html>\n"
    )
    parts = [
        text_part("\n\n".join(sentences) + "\n", "plain", "utf-8", "quoted-printable"),
        text_part(page, "html", "utf-8", "quoted-printable"),
    ]
    return message(headers, multipart("alternative", parts, f"=_nl_{token}"))


def calendar_reply(plan: MockPlan, shop: str) -> bytes:
    """Return an answer to an invitation (RFC 5546, METHOD:REPLY)."""
    pen = Pen(plan)
    dice, writer = pen.dice, pen.writer
    status, word = dice.pick((("ACCEPTED", "accepted"), ("DECLINED", "declined")))
    topic = f"{pen.words.words[word].strip()} {pen.about('calendar_topics')}"
    begin = (plan.received_at.astimezone(UTC) + timedelta(days=dice.between(1, 20))).strftime("%Y%m%dT%H0000Z")
    lines = (
        *("BEGIN:VCALENDAR", "PRODID:-//Calendar//EN", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT"),
        *(f"UID:{hexadecimal(dice, 24)}", f"DTSTAMP:{plan.received_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"),
        *(f"DTSTART:{begin}", f"ORGANIZER:mailto:{shop}"),
        *(f"ATTENDEE;PARTSTAT={status}:mailto:{writer.address}", "END:VEVENT", "END:VCALENDAR"),
    )
    headers = _opening(plan, pen, shop, return_path=writer.address)
    headers += [("From", mailbox(writer.name, writer.address)), ("To", shop), ("Subject", encoded(topic))]
    parts = [
        text_part(f"{topic}\n", "plain", "utf-8", "quoted-printable"),
        text_part("\n".join(lines) + "\n", "calendar", "utf-8", "8bit", parameters="; method=REPLY"),
    ]
    return message(headers, multipart("alternative", parts, f"cal_{hexadecimal(dice, 16)}"))


_BOUNCE_REASONS = (
    ("5.1.1", "User unknown in virtual mailbox table"),
    ("5.2.2", "Mailbox full"),
    ("5.7.1", "Message rejected due to local policy"),
    ("5.4.4", "Host or domain name not found"),
)


def _opening(plan: MockPlan, pen: Pen, shop: str, *, return_path: str) -> list[tuple[str, str]]:
    domain = pen.writer.domain
    envelope = Envelope(
        return_path=return_path,
        domain=domain,
        recipient=shop,
        sent_at=pen.writer.written_at,
        received_at=plan.received_at.astimezone(UTC),
    )
    headers = server_headers(envelope, Dice(f"{plan.seed}/{plan.index}/servers"))
    headers.append(("Date", date_header(pen.writer.written_at)))
    headers.append(("Message-ID", message_id(plan.seed, plan.index, domain)))
    return headers

"""Attacks by mails of machines: forged bounces, notices that start a loop, and mails that look like them."""

from mail.attack import BOUNDARY, QUESTION, Attack, Known, aiming_at, mail, parts

BOUNCE_SUBJECT = "Subject: Undelivered Mail Returned to Sender"
DAEMON = "From: Mail Delivery System <mailer-daemon@evil.example>"


def report_attacks(known: Known) -> tuple[Attack, ...]:
    """Return the attacks by reports."""
    return (*_bounces(known), *_imitations(known), *_loops(known))


def bounce(known: Known, *, recipient: str, returned: str, action: str = "failed") -> bytes:
    """Return a delivery report of `recipient`; `returned` are the header lines of the mail it returns."""
    status = (
        f"Reporting-MTA: dns; mx.evil.example\n\nFinal-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: 5.1.1"
    )
    text = parts(
        ("Content-Type: text/plain", "It could not be delivered."),
        ("Content-Type: message/delivery-status", status),
        ("Content-Type: text/rfc822-headers", returned),
    )
    kind = f"Content-Type: multipart/report; report-type=delivery-status; boundary={BOUNDARY}"
    return mail(known, DAEMON, BOUNCE_SUBJECT, "Auto-Submitted: auto-replied", "Return-Path: <>", kind, text=text)


def _bounces(known: Known) -> tuple[Attack, ...]:
    ours = f"Message-ID: {known.our_message_id}"
    foreign = "Message-ID: <1@evil.example>"
    victim, recipient = known.victim, known.its_recipient
    aim = "having an address put on the suppression list"
    two = f"{ours}\n{foreign}"
    injected = f"{victim}\n {recipient}"
    return (
        *aiming_at(
            aim,
            bounce_of_another_recipient=bounce(known, recipient=victim, returned=ours),
            bounce_of_a_foreign_mail=bounce(known, recipient=recipient, returned=foreign),
            bounce_of_no_mail=bounce(known, recipient=victim, returned="Subject: x"),
            bounce_of_two_mails=bounce(known, recipient=victim, returned=two),
            bounce_of_a_folded_recipient=bounce(known, recipient=injected, returned=ours),
            bounce_of_everybody=bounce(known, recipient=f"*@{victim.partition('@')[2]}", returned=ours),
            bounce_of_a_list_of_recipients=bounce(known, recipient=f"{recipient}, {victim}", returned=ours),
            bounce_of_a_strangers_mail=bounce(
                known, recipient=victim, returned=f"Message-ID: {known.strangers_message_id}"
            ),
        ),
        *aiming_at(
            "suppressing our own address", bounce_of_us=bounce(known, recipient=known.our_address, returned=ours)
        ),
        *aiming_at(
            "suppressing an address that works",
            bounce_that_was_delivered=bounce(known, recipient=recipient, returned=ours, action="delivered"),
            bounce_that_is_delayed=bounce(known, recipient=recipient, returned=ours, action="delayed"),
        ),
    )


def _imitations(known: Known) -> tuple[Attack, ...]:
    victim, ours = known.victim, known.our_message_id
    dashes = "------ This is a copy of the message, including all the headers. ------"
    copy = f"{dashes}\n\nMessage-ID: {ours}\nTo: {victim}\n\nx"
    status = f"Final-Recipient: rfc822; {victim}\nStatus: 5.1.1\nMessage-ID: {ours}"
    words = f"Your message to {victim} could not be delivered.\n{status}"
    failed = f"X-Failed-Recipients: {victim}"
    aim = "having an address put on the suppression list"
    return (
        *aiming_at(
            aim,
            person_like_a_bounce=mail(known, BOUNCE_SUBJECT, text=words),
            person_asking_about_a_bounce=mail(known, text=f"I got this, what now?\n\n> {words}"),
            bounce_in_plain_text=mail(known, DAEMON, failed, text=f"  {victim}\n    550 5.1.1 unknown\n\n{copy}"),
            bounce_in_plain_text_of_no_mail=mail(known, failed, text=QUESTION),
            bounce_in_plain_text_twice=mail(known, failed, text=f"{copy}\n\n{copy}"),
            status_beside_a_question=mail(
                known,
                f"Content-Type: multipart/mixed; boundary={BOUNDARY}",
                text=parts(
                    ("Content-Type: text/plain", QUESTION),
                    ("Content-Type: message/delivery-status", f"Final-Recipient: rfc822; {victim}\nAction: failed"),
                ),
            ),
            complaint_about_a_stranger=mail(
                known,
                f"Content-Type: multipart/report; report-type=feedback-report; boundary={BOUNDARY}",
                text=parts(
                    ("Content-Type: message/feedback-report", f"Feedback-Type: abuse\nOriginal-Rcpt-To: {victim}")
                ),
            ),
        ),
    )


def _loops(known: Known) -> tuple[Attack, ...]:
    receipt = parts(("Content-Type: message/disposition-notification", f"Final-Recipient: rfc822; {known.victim}"))
    headers = {
        "auto_replied": "Auto-Submitted: auto-replied",
        "out_of_office": "Subject: Automatic reply: My order",
        "empty_return_path": "Return-Path: <>",
        "mailing_list": "List-Id: <lamps.list.example>",
        "bulk": "Precedence: bulk",
        "marked_as_seen": "X-Loop: postroom",
        "suppress_all": "X-Auto-Response-Suppress: All",
        "no_reply": "From: no-reply@evil.example",
        "spam": "X-Spam-Flag: NO\nX-Spam-Flag: YES",
    }
    aim = "an answer to a machine, and so a loop"
    return (
        *(
            Attack(name=f"loop_{name}", raw=mail(known, *line.split("\n")), aims_at=aim)
            for name, line in headers.items()
        ),
        *aiming_at(
            aim,
            loop_read_receipt=mail(
                known,
                f"Content-Type: multipart/report; report-type=disposition-notification; boundary={BOUNDARY}",
                text=receipt,
            ),
            loop_without_marks=mail(known, text="Thank you for your message. We will answer soon."),
        ),
    )

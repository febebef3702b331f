"""Mails made to hurt a parser, each of about the asked size, by name."""

HTML = b"Content-Type: text/html\n\n"
AUTHENTICATION = b"Authentication-Results: mx; "
REPORT = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
STATUS = REPORT + b"Content-Type: message/delivery-status\n\n"
RETURNED = REPORT + b"Content-Type: message/delivery-status\n\n--b\nContent-Type: message/rfc822\n\n"
EXIM = b"X-Failed-Recipients: a@b\n\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\n\n"


def hostile_mails(size: int) -> dict[str, bytes]:
    """Return mails of about `size` bytes; twice the size asks for twice as much of the same."""
    return _headers(size) | _claims(size) | _parts(size) | _reports(size) | _texts(size) | _markup(size)


def _headers(size: int) -> dict[str, bytes]:
    return {
        "recipients": b"To: " + b", ".join(b'"A B" <u%06d@example.org>' % i for i in range(size // 27)) + b"\n\nx",
        "open_parentheses": b"From: " + b"(" * size + b"\n\nx",
        "comments": b"From: " + b"(a)" * (size // 3) + b"\n\nx",
        "escaped_quotes": b"From: " + b'"\\' * (size // 2) + b"\n\nx",
        "open_angles": b"From: " + b"<" * size + b"\n\nx",
        "broken_angles": b"From: " + b"<a@b," * (size // 5) + b"\n\nx",
        "colons_in_an_angle": b"From: <" + b"a:" * (size // 2) + b"\n\nx",
        "signs": b"From: " + b"@ . " * (size // 4) + b"\n\nx",
        "blanks_in_from": b"From: a" + b" " * size + b"@x\n\nx",
        "blanks_in_subject": b"Subject: a" + b" " * size + b"x\n\nx",
        "many_headers": b"".join(b"X-%06d: y\n" % i for i in range(size // 12)) + b"\nx",
        "folded_lines": b"Subject: x\n" + b" y\n" * (size // 3) + b"\nx",
        "encoded_word_starts": b"Subject: " + b"=?a?q?" * (size // 6) + b"\n\nx",
        "encoded_words": b"Subject: " + b"=?utf-8?q?a?= " * (size // 14) + b"\n\nx",
        "encoded_word_ends": b"Subject: =?utf-8?q?" + b"?=aa" * (size // 4) + b"\n\nx",
        "malformed_headers": b"A: b\n" + b"zzz\nA: b\n" * (size // 9) + b"\nx",
        "parameters": b"Content-Type: text/plain; " + b'a="\\"' * (size // 5) + b"\n\nx",
        "references": b"References: " + b"<a@b>" * (size // 5) + b"\n\nx",
        "open_references": b"References: " + b"<" * size + b"\n\nx",
        "reply_marks": b"Subject: " + b"Re: " * (size // 4) + b"\n\nx",
    }


def _claims(size: int) -> dict[str, bytes]:
    return {
        "results": AUTHENTICATION + b"spf=pass;" * (size // 9) + b"\n\nx",
        "result_fields": (AUTHENTICATION + b"spf=pass\n") * (size // 36) + b"\nx",
        "long_result_fields": (AUTHENTICATION + b"spf=(" * 500 + b"\n") * (size // 2_500) + b"\nx",
        "result_properties": AUTHENTICATION + b"spf=pass" + b" a.b=c" * (size // 6) + b"\n\nx",
        "result_comments": AUTHENTICATION + b"(" * (size // 2) + b")" * (size // 2) + b"\n\nx",
        "result_quotations": AUTHENTICATION + b'"\\' * (size // 2) + b"\n\nx",
        "result_blanks": AUTHENTICATION + b"spf" + b" (x) " * (size // 5) + b"=pass\n\nx",
        "result_names": AUTHENTICATION + b"a" * size + b"\n\nx",
        "received_fields": b"Received: a; b\n" * (size // 15) + b"\nx",
        "received_semicolons": b"Received: " + b"; " * (size // 2) + b"\n\nx",
        "delivered_to": b"Delivered-To: a@b\n" * (size // 18) + b"\nx",
        "delivered_to_many": b"Delivered-To: " + b"a@b," * (size // 4) + b"\n\nx",
        "failed_recipients": b"X-Failed-Recipients: " + b"a@b," * (size // 4) + b"\n\nx",
        "original_senders": b"From: a via b <a@b>\nX-Original-From: " + b"a@b," * (size // 4) + b"\n\nx",
        "via": b"From: " + b"a via " * (size // 6) + b"<a@b>\nList-Id: x\n\nx",
        "resent_senders": b"From: a@b\n" + b"Resent-From: c@d\n" * (size // 17) + b"\nx",
    }


def _reports(size: int) -> dict[str, bytes]:
    return {
        "report_recipients": STATUS + b"Final-Recipient: rfc822; a@b\n\n" * (size // 31),
        "report_fields": STATUS + b"\n" + b"Final-Recipient: rfc822; a@b\n" * (size // 30),
        "report_blank_lines": STATUS + b"\n \t" * (size // 3),
        "report_blanks": STATUS + b" " * size,
        "report_diagnostics": STATUS + b"Final-Recipient: x; a@b\nDiagnostic-Code: " + b"x; " * (size // 3),
        "report_parts": STATUS + b"--b\nContent-Type: message/delivery-status\n\n" * (size // 45),
        "returned_ids": RETURNED + b"Message-ID: <a@b>\n" * (size // 18),
        "returned_mails": RETURNED + b"\n--b\nContent-Type: message/rfc822\n\n" * (size // 37),
        "exim_addresses": EXIM + b"  a@b\n    x\n" * (size // 12),
        "exim_words": EXIM + b"  a@b\n" + b"    5.1.\n" * (size // 9),
        "exim_copies": EXIM + b"--- this is a copy of the headers\n" * (size // 34),
    }


def _parts(size: int) -> dict[str, bytes]:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%06d\n\n--b%06d\n" % (i, i) for i in range(size // 55))
    return {
        "nested_parts": nested,
        "nested_equal_boundaries": MIXED + (b"--b\n" + MIXED) * (size // 48),
        "many_parts": MIXED + b"--b\n\nx\n" * (size // 7),
        "foreign_delimiters": MIXED + b"--b\n\n" + b"--c\n" * (size // 4),
        "base64_padding": b"Content-Transfer-Encoding: base64\n\n" + b"YWJj=\n" * (size // 6),
        "uuencode_starts": b"Content-Transfer-Encoding: uuencode\n\n" + b"begin 644 a" * (size // 11),
        "equal_signs": b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * size,
    }


def _texts(size: int) -> dict[str, bytes]:
    return {
        "one_long_line": b"S: x\n\n" + b"a " * (size // 2),
        "long_attribution": b"S: x\n\nOn " + b"1:00 2020 " * (size // 10) + b"wrote:",
        "one_line_of_marks": b"S: x\n\n" + b">" * size,
        "marked_lines": b"S: x\n\n" + b"> a\n" * (size // 4),
        "half_attributions": b"S: x\n\n" + b"On 1 May 2020 1:00 a@b wrote\n" * (size // 29),
        "half_blocks": b"S: x\n\n" + b"From: a\nSent: b\n\n\n\n" * (size // 19),
        "rules": b"S: x\n\n" + b"_____\n\n" * (size // 7),
        "dashes": b"S: x\n\n" + b"-- \n" * (size // 4),
        "closings": b"S: x\n\n" + b"Thanks\n" * (size // 7),
        "blank_lines": b"S: x\n\na" + b"\n" * size,
        "forward_marks": b"S: x\n\n" + b"Begin forwarded message:\n" * (size // 25),
        "quoted_forward_marks": b"S: x\n\n> a\n" + b"> Begin forwarded message:\n" * (size // 27),
        "forwarded_from": b"S: x\n\nBegin forwarded message:\nFrom: " + b"a@" * (size // 2),
        "forwarded_keys": b"Subject: Fwd: x\n\n" + b"From: a\nb\n\n\n" * (size // 12),
        "flowed": b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * (size // 3),
    }


def _markup(size: int) -> dict[str, bytes]:
    return {
        "nested_div": HTML + b"<div>" * (size // 5),
        "hidden_nesting": HTML + b"<div></span>" * (size // 12),
        "open_fonts": HTML + b"".join(b"<font a=%06d>" % i for i in range(size // 14)) + b"</p>" * (size // 40),
        "fonts_in_blocks": HTML + b"".join(b"<div><font a=%06d>x</div>" % i for i in range(size // 25)),
        "nested_quotes": HTML + b"<blockquote>x" * (size // 13),
        "attributes": HTML + b"<p " + b"".join(b"a%06d=1 " % i for i in range(size // 10)) + b">x",
        "hidden_attributes": HTML + b"<p " + b"".join(b'a%06d=">"' % i for i in range(size // 11)) + b">x",
        "open_comments": HTML + b"<!--" * (size // 4),
        "open_tags": HTML + b"<" * size,
        "items": HTML + b"<li>x" * (size // 5),
        "cells": HTML + b"<table>" + b"<tr><td>x" * (size // 9),
        "enriched": b"Content-Type: text/enriched\n\n" + b"<" * size,
    }

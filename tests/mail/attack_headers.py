"""Attacks in headers: who sent the mail, where the reply goes, which conversation it belongs to, who vouches for it."""

from mail.attack import ORDER, QUESTION, Attack, Known, aiming_at, mail


def header_attacks(known: Known) -> tuple[Attack, ...]:
    """Return the attacks by headers."""
    return (
        *_senders(known),
        *_list_senders(known),
        *_ids(known),
        *_injections(known),
        *_results(known),
        *_sizes(known),
    )


def _senders(known: Known) -> tuple[Attack, ...]:
    us, victim = known.our_address, known.victim
    local, _, domain = us.partition("@")
    elsewhere = "a reply to somebody else than who wrote"
    loop = "an answer to ourselves, and so a loop"
    return (
        *aiming_at(
            elsewhere,
            foreign_reply_to=mail(known, f"Reply-To: {victim}"),
            several_reply_to=mail(known, f"Reply-To: eve@evil.example, {victim}"),
            two_reply_to_fields=mail(known, "Reply-To: eve@evil.example", f"Reply-To: {victim}"),
            several_from_addresses=mail(known, f"From: eve@evil.example, {victim}"),
            two_from_fields=mail(known, "From: eve@evil.example", f"From: {victim}"),
            group_as_from=mail(known, f"From: customers: eve@evil.example, {victim};"),
            address_in_comment=mail(known, f"From: eve@evil.example ({victim})"),
            route_address=mail(known, f"From: <@{domain},@x.example:eve@evil.example>"),
            other_sender=mail(known, f"Sender: {victim}"),
            other_return_path=mail(known, f"Return-Path: <{victim}>"),
        ),
        *aiming_at(
            loop,
            reply_to_us=mail(known, f"Reply-To: {us}"),
            from_our_address=mail(known, f"From: Support <{us}>"),
            from_our_tagged_address=mail(known, f"From: {local}+x@{domain.upper()}"),
            from_our_quoted_address=mail(known, f'From: "{local}"@{domain}.'),
        ),
        *aiming_at(
            "being taken for the address in the name",
            address_as_name=mail(known, f'From: "{victim}" <eve@evil.example>'),
            address_as_name_and_angles=mail(known, f'From: "Bank <{victim}>" <eve@evil.example>'),
        ),
        *aiming_at(
            "a reply relayed by our own server", percent_hack=mail(known, f"From: victim%bank.example@{domain}")
        ),
        *aiming_at(
            "commands in MAIL FROM and RCPT TO",
            quoted_local_part=mail(known, 'From: "victim@bank.example> x"@evil.example'),
        ),
        *aiming_at(
            "a read receipt to somebody else",
            errors_to=mail(known, f"Errors-To: {victim}", f"Disposition-Notification-To: {victim}"),
        ),
        *aiming_at("obedience to a colleague", from_our_domain=mail(known, f"From: The Boss <boss@{domain}>")),
        *aiming_at("a reply to a guessed address", no_from=mail(known, "From: <>")),
    )


def _list_senders(known: Known) -> tuple[Attack, ...]:
    victim = known.victim
    aim = "a reply to whom a header names as the real writer"
    return (
        *aiming_at(
            aim,
            resent=mail(known, f"Resent-From: {victim}", f"Resent-Reply-To: {victim}"),
            original_from=mail(known, f"X-Original-From: {victim}"),
            via_a_list=mail(known, 'From: "Ann via Bank" <eve@evil.example>', f"Reply-To: {victim}"),
        ),
        *aiming_at(
            "trust in what a colleague seems to have passed on",
            resent_by_us=mail(known, f"Resent-From: {known.our_address}"),
        ),
        *aiming_at(
            "being sorted into another mailbox",
            delivered_to_us_by_name=mail(known, f"Delivered-To: {victim}", f"X-Original-To: {victim}"),
        ),
        *aiming_at(
            "seeming young for ever",
            forged_received=mail(
                known, "Received: from x by y; Mon, 12 May 2098 10:30:00 +0000", "Date: Mon, 12 May 2098 10:30:00 +0000"
            ),
        ),
    )


def _ids(known: Known) -> tuple[Attack, ...]:
    stranger, ours = known.strangers_message_id, known.our_message_id
    forged = f"<postroom.{'0' * 32}.{'0' * 32}@shop.example>"
    join = "joining a stranger's conversation"
    return (
        *aiming_at(
            join,
            reply_to_a_strangers_mail=mail(known, f"In-Reply-To: {stranger}", f"References: {stranger}"),
            reply_to_our_mail_to_a_stranger=mail(
                known, f"In-Reply-To: {ours}", f"References: {ours}", "Subject: Re: your order"
            ),
            references_to_everybody=mail(known, f"References: {ours} {stranger} {forged}"),
            subject_of_a_stranger=mail(known, "Subject: Re: Order 4711 [#4711]"),
        ),
        *aiming_at(
            "counting as an answer to us",
            forged_own_id_answered=mail(known, f"In-Reply-To: {forged}"),
            cut_own_id_answered=mail(known, f"In-Reply-To: {ours[:-12]}0@evil.example>"),
        ),
        *aiming_at("hiding a mail as one of our own", our_id_as_its_own=mail(known, f"Message-ID: {ours}")),
        *aiming_at(
            "replacing or hiding a stranger's mail", strangers_id_as_its_own=mail(known, f"Message-ID: {stranger}")
        ),
        *aiming_at("being handled twice", no_message_id=mail(known, "Message-ID:")),
        *aiming_at(
            "having two identities",
            two_message_ids=mail(known, "Message-ID: <a@evil.example>", f"Message-ID: {stranger}"),
        ),
        *aiming_at(
            "exhausting the search for conversations",
            many_references=mail(
                known, "References: " + " ".join(f"<{number}@evil.example>" for number in range(20_000))
            ),
        ),
    )


def _injections(known: Known) -> tuple[Attack, ...]:
    line = f"=0D=0ABcc:_{known.victim}=0D=0A=0D=0A<b>"
    word = f"=?utf-8?q?x{line}?="
    aim = "a line of its own in the header of our reply"
    return (
        *aiming_at(
            aim,
            line_break_in_subject=mail(known, f"Subject: {word}"),
            line_break_in_name=mail(known, f"From: {word} <eve@evil.example>"),
            line_break_in_address=mail(known, f"From: <{word}@evil.example>"),
            line_break_in_reply_to=mail(known, f"Reply-To: {word} <eve@evil.example>"),
            line_break_in_message_id=mail(known, f"Message-ID: <{word}@evil.example>"),
            line_break_in_references=mail(known, f"References: <{word}> <a@evil.example>\n\tBcc:x"),
            bare_return_in_subject=mail(known, f"Subject: x\rBcc: {known.victim}"),
            base64_line_break=mail(known, "Subject: =?utf-8?b?eA0KQmNjOiB2aWN0aW1AYmFuay5leGFtcGxl?="),
            utf7_line_break=mail(known, "Subject: =?utf-7?q?x+AA0ACg-Bcc:_v?="),
            unicode_line_break=mail(known, "Subject: x\u2028Bcc: v\u0085Bcc: v"),
        ),
        *aiming_at(
            "a line break once it is decoded twice",
            encoded_word_in_encoded_word=mail(known, "Subject: =?utf-8?q?=3D=3Futf-8=3Fq=3F=3D0D=3D0ABcc=3F=3D?="),
        ),
        *aiming_at(
            "a second mail over our own connection",
            smtp_in_text=mail(
                known, text=f"{QUESTION}\n.\nMAIL FROM:<x@evil.example>\nRCPT TO:<{known.victim}>\nDATA\nx\n."
            ),
        ),
    )


def _results(known: Known) -> tuple[Attack, ...]:
    server, claim = known.authserv_id, "dmarc=pass header.from=bank.example"
    sender = f"From: The Bank <{known.victim}>"
    names = {
        "own": server,
        "own_in_capitals": server.upper(),
        "own_quoted": f'"{server}"',
        "own_with_dot": f"{server}.",
        "below_own": f"x.{server}",
        "like_own": f"{server}.evil.example",
        "homoglyph": server.replace("o", "о"),
        "version": f"{server} 1",
        "comment": f"(x) {server}",
        "none": "",
    }
    forged = [
        Attack(
            name=f"results_of_{name}",
            raw=mail(known, sender, f"Authentication-Results: {written}; {claim}"),
            aims_at="passing for an authenticated sender",
        )
        for name, written in names.items()
    ]
    hidden = f'{server}; spf=fail smtp.mailfrom="x; {claim};"@evil.example'
    return (
        *forged,
        *aiming_at(
            "turning an address into a result",
            results_in_quotation=mail(known, sender, f"Authentication-Results: {hidden}"),
        ),
        *aiming_at(
            "turning a comment into a result",
            results_in_comment=mail(known, sender, f"Authentication-Results: {server}; spf=fail (x\\); {claim})"),
        ),
        *aiming_at(
            "passing by another header",
            results_of_arc=mail(known, sender, f"ARC-Authentication-Results: i=1; {server}; {claim}"),
        ),
        *aiming_at(
            "passing by one's own domain",
            results_of_another_domain=mail(
                known,
                sender,
                f"Authentication-Results: {server}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=x.example",
            ),
        ),
    )


def _sizes(known: Known) -> tuple[Attack, ...]:
    aim = "exhausting the parser or the store"
    return (
        *aiming_at(
            aim,
            very_long_subject=mail(known, "Subject: " + "Re: " * 20_000 + ORDER),
            very_long_name=mail(known, f"From: {'x' * 200_000} <eve@evil.example>"),
            very_long_address=mail(known, f"From: {'x' * 5_000}@evil.example"),
            very_many_headers=mail(known, *(f"X-{number}: y" for number in range(5_000))),
        ),
        *aiming_at("breaking what stores text", nul_bytes=mail(known, "Subject: x\x00y", text="a\x00b")),
    )

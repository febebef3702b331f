"""The cautions in words: why only a person may answer an e-mail."""

from collections.abc import Sequence

from postroom.model.email import FLAGS_UNKNOWN, UPLOADED, WAS_QUARANTINED

CAUTION_WORDS = {
    "no_from_address": "it names no sender that a reply could go to",
    "several_from_addresses": "it names several senders",
    "reply_to_other_domain": "it asks for the reply to go to another domain than its sender's",
    "other_reply_to": "it asks for the reply to go to another address than its sender's",
    "encrypted": "it is encrypted",
    "only_attachment": "it says what it wants in an attachment only",
    "no_text": "it has no text",
    "hidden_text": "it holds text that is hidden from its reader",
    "disguised_words": "it holds words in disguised letters",
    "addresses_machine": "it speaks to a machine",
    "winmail": "its content lies in a winmail.dat that cannot be read",
    "forwarded": "it was forwarded, so that its sender may not be who wrote it",
    "rewritten_from": "a mailing list put its own address in the place of its writer's",
    "message_id_reused": "another e-mail with the same Message-ID came before",
    "new_participant": "its sender is new in this conversation",
    "too_old": "it is older than this mailbox answers without a person",
    "never_automate": "a list of this mailbox keeps it from machines",
    "always_person": "a list of this mailbox gives it to a person",
    "authentication_failed": "its sender's domain does not vouch for it, so that it may be forged",
    "authentication_missing": "no trusted server says whether its sender's domain vouches for it",
    WAS_QUARANTINED: "it lay in quarantine until a person let it in",
    FLAGS_UNKNOWN: "the mailbox's flags were not kept with it, so that somebody may have answered it already",
    UPLOADED: "a person uploaded it, so its sender can be forged",
}


def cautions_in_words(codes: Sequence[str]) -> str:
    """Return the cautions as one clause, those without words as their code; empty for none."""
    return "; ".join(CAUTION_WORDS.get(code, code) for code in codes)

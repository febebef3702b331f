"""All attacks by mail, made for one shop: pure functions of what the attacker knows."""

from mail.attack import Attack, Known
from mail.attack_files import file_attacks
from mail.attack_headers import header_attacks
from mail.attack_markup import markup_attacks
from mail.attack_reports import report_attacks
from mail.attack_words import word_attacks

__all__ = ["Attack", "Known", "attacks"]


def attacks(known: Known) -> tuple[Attack, ...]:
    """Return every attack, each with a name of its own; the same knowledge gives the same bytes."""
    return (
        *word_attacks(known),
        *markup_attacks(known),
        *file_attacks(known),
        *header_attacks(known),
        *report_attacks(known),
    )

"""What goes wrong at the servers during a life, besides the kill."""

from collections.abc import Mapping
from dataclasses import dataclass

from servers.smtp import DROP, SILENCE, Fault, Phase
from torture.talk import Place
from torture.wire import Act, Trap


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Faults of the SMTP server, traps on the wire, a restart of the IMAP server, a new UIDVALIDITY before the life."""

    faults: tuple[Fault, ...] = ()
    traps: tuple[Trap, ...] = ()
    restarts_imap: bool = False
    renews_uid_validity: bool = False


PEACE = Trouble()
TROUBLES: Mapping[str, Trouble] = {
    "smtp_recipient_deferred": Trouble(faults=(Fault(phase=Phase.RCPT, act="450 4.2.0 come back later", times=2),)),
    "smtp_recipient_refused": Trouble(faults=(Fault(phase=Phase.RCPT, act="550 5.1.1 nobody of this name"),)),
    "smtp_data_deferred": Trouble(faults=(Fault(phase=Phase.DATA, act="451 4.3.0 not now", times=2),)),
    "smtp_message_deferred": Trouble(faults=(Fault(phase=Phase.FINAL, act="452 4.3.1 no room"),)),
    "smtp_message_refused": Trouble(faults=(Fault(phase=Phase.FINAL, act="554 5.6.0 not this one"),)),
    "smtp_message_dropped": Trouble(faults=(Fault(phase=Phase.FINAL, act=DROP),)),
    "smtp_answer_dropped": Trouble(faults=(Fault(phase=Phase.ACCEPTED, act=DROP),)),
    "smtp_answer_silent": Trouble(faults=(Fault(phase=Phase.ACCEPTED, act=SILENCE),)),
    "smtp_content_dropped": Trouble(traps=(Trap(place=Place.SMTP_CONTENT, act=Act.DROP),)),
    "smtp_data_dropped": Trouble(traps=(Trap(place=Place.SMTP_DATA, act=Act.DROP),)),
    "smtp_silent": Trouble(traps=(Trap(place=Place.SMTP_MAIL, act=Act.SILENCE),)),
    "imap_fetch_dropped": Trouble(traps=(Trap(place=Place.IMAP_FETCH, act=Act.DROP),)),
    "imap_fetch_silent": Trouble(traps=(Trap(place=Place.IMAP_FETCH, act=Act.SILENCE),)),
    "imap_copy_dropped": Trouble(traps=(Trap(place=Place.IMAP_APPEND, act=Act.DROP),)),
    "imap_copied_dropped": Trouble(traps=(Trap(place=Place.IMAP_APPENDED, act=Act.DROP),)),
    "imap_restarted": Trouble(restarts_imap=True),
    "uid_validity_changed": Trouble(renews_uid_validity=True),
}

"""The harness over real IMAP and SMTP: the same kills, with servers that fail in between."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from signal import Signals

from torture.borders import MAIL_BORDERS, Borders
from torture.child import Life, be_born
from torture.harness import Tally, claims_in_sending, kill, live_to_rest, wait_for
from torture.peers import Kept, Order, Peers
from torture.postman import Postman
from torture.talk import Place
from torture.trouble import PEACE, TROUBLES, Trouble
from torture.wire import Act, Trap

MAILS_PER_LIFE = 5
MAIL_PER_LOOK = 0.01
BORDER_WAIT_SECONDS = 5.0
STOP_WAIT_SECONDS = 15.0
AFTER_STOP_SECONDS = 4.0
STOP_TRIES = 3
RESTART_AFTER_SECONDS = 0.8
AHEAD_PER_LIFE = timedelta(minutes=1)
AHEAD_PER_REST = timedelta(minutes=61)
"""Longer than any reply waits for its next try."""

RESTS = 12
STOPS_AT = ("outbox.claim:>", f"wire.{Place.SMTP_DATA}")
"""Between claim and DATA: before DATA is written, and just after."""


@dataclass
class MailTally:
    """What happened beside kills: what the SMTP server kept, what was confirmed to the child, stops and troubles."""

    kills: Tally
    kept: list[Kept] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    begun: int = 0
    answered: int = 0
    stops: int = 0
    stop_lives: int = 0
    troubles: dict[str, int] = field(default_factory=dict)
    ahead: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A run: the life to live, the servers, the postman and the tally."""

    life: Life
    user: str
    peers: Peers
    postman: Postman
    tally: MailTally

    def order(self, order: Order) -> int:
        """Have the servers do something, note what they saw, and return how many traps have not gone off."""
        report, tally = self.peers.do(order), self.tally
        tally.kept.extend(report.kept)
        tally.confirmed.update(report.confirmed)
        tally.begun, tally.answered = report.begun, report.answered
        return report.armed

    def give_birth(self, borders: Borders) -> int:
        """Begin a life some time after the last one and return its process."""
        self.tally.ahead += AHEAD_PER_LIFE
        child = os.fork()
        if not child:
            self.peers.let_go()
            be_born(replace(self.life, ahead=self.tally.ahead), borders, to_rest=False)
        self.order(Order(child=child))
        return child


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often to kill and to stop; `only` are the borders to kill at, in turn and without random moments.

    A stop lasts `stop_seconds`; with 0 the servers end the connections meanwhile, and nobody waits.
    """

    kills: int
    stops: int = 0
    stop_seconds: float = 0
    only: Sequence[str] = ()


def torture_by_mail(scene: Scene, plan: Plan, *, progress: Callable[[Tally], None]) -> None:
    """Kill `plan.kills` times and stop `plan.stops` times in between, then let it live to rest."""
    tally = scene.tally.kills
    while tally.kills < plan.kills:
        if scene.tally.stop_lives * plan.kills < plan.stops * tally.kills:
            _stopped_life(scene, plan.stop_seconds)
        target = tally.least_tried(plan.only) if plan.only else tally.next_target(MAIL_BORDERS)
        _one_life(scene, target, trouble=_next_trouble(scene.tally))
        tally.delivered = len(scene.postman.bag.new)
        progress(tally)
    while scene.tally.stops < plan.stops and scene.tally.stop_lives < plan.stops * STOP_TRIES:
        _stopped_life(scene, plan.stop_seconds)
    _rest(scene)


def _next_trouble(tally: MailTally) -> Trouble:
    """Return the trouble of the next life: none in every other life, else each once before any comes again."""
    kills = tally.kills.kills
    if kills % 2 == 0:
        return PEACE
    turn, place = divmod(kills // 2, len(TROUBLES))
    names = list(TROUBLES)
    random.Random(f"{tally.kills.seed}/{turn}").shuffle(names)
    name = names[place]
    tally.troubles[name] = tally.troubles.get(name, 0) + 1
    return TROUBLES[name]


def _one_life(scene: Scene, target: str | None, *, trouble: Trouble) -> None:
    tally = scene.tally.kills
    chance = random.Random(f"{tally.seed}/{tally.kills}")
    if target:
        tally.border_attempts[target] = tally.border_attempts.get(target, 0) + 1
    borders = _prepare(scene, target, trouble, signal_=Signals.SIGKILL)
    for _ in range(chance.randint(1, MAILS_PER_LIFE)):
        scene.postman.deliver()
    child = scene.give_birth(borders)
    seconds = BORDER_WAIT_SECONDS if target else chance.uniform(0.1, 2.5)
    restart_at = time.monotonic() + RESTART_AFTER_SECONDS if trouble.restarts_imap else None

    def meanwhile() -> None:
        nonlocal restart_at
        if restart_at is not None and time.monotonic() >= restart_at:
            restart_at = None
            scene.order(Order(restart_imap=True))
        if chance.random() < MAIL_PER_LOOK:
            scene.postman.deliver()

    ended = wait_for(child, seconds, meanwhile)
    if ended is None:
        kill(child)
    tally.note_death(ended, target)
    tally.kills += 1
    _clean_up(scene)


def _prepare(scene: Scene, target: str | None, trouble: Trouble, *, signal_: Signals) -> Borders:
    """Set the traps of a life and return its borders."""
    if trouble.renews_uid_validity:
        scene.peers.dovecot.new_uid_validity(scene.user)
    traps = list(trouble.traps)
    on_wire = target is not None and target.startswith("wire.")
    if target is not None and on_wire:
        act = Act.KILL if signal_ is Signals.SIGKILL else Act.STOP
        traps.insert(0, Trap(place=Place(target.removeprefix("wire.")), act=act))
    scene.order(Order(faults=trouble.faults, traps=tuple(traps)))
    return Borders(target=None if on_wire else target, signal=signal_)


def _clean_up(scene: Scene) -> None:
    # Nothing of a dead child is still under way when the next one begins.
    scene.order(Order(drop_connections=True, faults=(), traps=()))
    scene.tally.kills.note_cut_off(scene.life.folder)


def _stopped_life(scene: Scene, stop_seconds: float) -> None:
    """Stop a life between claim and DATA, let time or the connections go by, and let it go on until it is killed."""
    target = STOPS_AT[scene.tally.stops % len(STOPS_AT)]
    borders = _prepare(scene, target, PEACE, signal_=Signals.SIGSTOP)
    child = scene.give_birth(borders)
    scene.tally.stop_lives += 1
    chance = random.Random(f"{scene.tally.kills.seed}/stop/{scene.tally.stop_lives}")
    ended = wait_for(child, STOP_WAIT_SECONDS, lambda: scene.postman.deliver() if chance.random() < 0.1 else None)
    if ended is not None and os.WIFSTOPPED(ended):
        if stop_seconds:
            time.sleep(stop_seconds)
        else:
            scene.order(Order(drop_connections=True))
        os.kill(child, signal.SIGCONT)
        scene.tally.stops += 1
        ended = _wait_for_sends(scene, child)
    if ended is None:
        kill(child)
    else:
        scene.tally.kills.broke_by_itself += 1
    _clean_up(scene)


def _wait_for_sends(scene: Scene, child: int) -> int | None:
    """Return the child's wait status, or None once it has recorded what became of the sends it was stopped in."""
    end = time.monotonic() + AFTER_STOP_SECONDS
    while time.monotonic() < end and claims_in_sending(scene.life.folder):
        ended = wait_for(child, 0.1, lambda: None)
        if ended is not None:
            return ended
    return None


def _rest(scene: Scene) -> None:
    """Let lives run to rest, each long after the one before, until no reply waits for a later try."""
    for _ in range(RESTS):
        scene.tally.ahead += AHEAD_PER_REST
        live_to_rest(replace(scene.life, ahead=scene.tally.ahead), scene.tally.kills)
        scene.order(Order(faults=()))
        if not _parked_replies(scene.life.folder):
            return


def _parked_replies(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "store.sqlite")) as connection:
        count: int = connection.execute("SELECT count(*) FROM replies WHERE state = 'pending'").fetchone()[0]
    return count

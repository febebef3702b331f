"""The harness: delivers mail, gives birth, kills, and counts; it can stop and go on later."""

import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from postroom.providers.mock.generate import generate
from torture.borders import BORDERS, Borders
from torture.child import Life, be_born
from torture.sink import serve

BORDER_WAIT_SECONDS = 4.0
LAST_LIFE_SECONDS = 600.0
MAILS_PER_LIFE = 3


@dataclass
class Tally:
    """What happened so far; kept in the folder, so that a long run can be taken up again."""

    seed: int
    kills: int = 0
    border_kills: dict[str, int] = field(default_factory=dict)
    border_attempts: dict[str, int] = field(default_factory=dict)
    random_kills: int = 0
    delivered: int = 0
    twice: int = 0
    cut_off: list[str] = field(default_factory=list)
    kills_while_sending: int = 0
    broke_by_itself: int = 0

    def next_target(self, borders: Sequence[str] = BORDERS) -> str | None:
        """Return the border that was tried least, or None when it is the turn of a random moment."""
        if self.random_kills <= sum(self.border_kills.values()):
            return None
        return self.least_tried(borders)

    def least_tried(self, borders: Sequence[str]) -> str:
        """Return the border that was tried least."""
        return min(borders, key=lambda name: self.border_attempts.get(name, 0))

    def note_death(self, status: int | None, target: str | None) -> None:
        """Count how a life ended: the wait status of a child that ended by itself, None where it was just killed."""
        if status is None:
            self.random_kills += 1
        elif os.WIFSIGNALED(status) and target:
            self.border_kills[target] = self.border_kills.get(target, 0) + 1
        else:
            self.broke_by_itself += 1

    def note_cut_off(self, folder: Path) -> None:
        """Count the sends that the death of the last life cut off."""
        cut_off = claims_in_sending(folder) - set(self.cut_off)
        self.cut_off.extend(sorted(cut_off))
        self.kills_while_sending += bool(cut_off)

    def save(self, folder: Path) -> None:
        """Keep it, all or nothing."""
        draft = folder / "tally.draft"
        draft.write_text(json.dumps(asdict(self)))
        draft.rename(folder / "tally.json")


def take_up(folder: Path, seed: int) -> Tally:
    """Return the tally of an earlier, unfinished run in `folder`, or a new one."""
    path = folder / "tally.json"
    if path.exists():
        return Tally(**json.loads(path.read_text()))
    for name in ("new", "cur", "tmp"):
        (folder / "maildir" / name).mkdir(parents=True, exist_ok=True)
    return Tally(seed=seed)


def torture(
    life: Life, tally: Tally, *, kills: int, progress: Callable[[Tally], None], only: str | None = None
) -> None:
    """Kill `kills` times in all, then let one life run to rest.

    Half of the kills fall at random moments, half at borders, each in turn; a border that is not crossed in time counts
    as a random moment. `only` kills at one border. No thread may run in this process: it forks.
    """
    sink = _fork_sink(life.folder)
    mailman = Mailman(life.folder / "maildir", tally)
    try:
        while tally.kills < kills:
            _one_life(life, tally, mailman, target=only or tally.next_target())
            tally.save(life.folder)
            progress(tally)
        live_to_rest(life, tally)
    finally:
        os.kill(sink, signal.SIGKILL)
        os.waitpid(sink, 0)
        (life.folder / "sink.socket").unlink(missing_ok=True)


class Mailman:
    """Delivers generated mail into the Maildir, one in twenty a second time under another name."""

    def __init__(self, maildir: Path, tally: Tally) -> None:
        self._maildir = maildir
        self._tally = tally
        stream = generate(tally.seed, 10_000_000, start=datetime(2026, 1, 5, 8, tzinfo=UTC))
        self._mails = iter(stream)
        for _ in range(tally.delivered):
            next(self._mails)

    def deliver(self) -> None:
        """Put the next e-mail into `new`, by way of `tmp`."""
        number = self._tally.delivered
        content = next(self._mails).content
        self._put(f"{number:08d}.first", content)
        if number % 20 == 0:
            self._put(f"{number:08d}.again", content)
            self._tally.twice += 1
        self._tally.delivered += 1

    def _put(self, name: str, content: bytes) -> None:
        waiting = self._maildir / "tmp" / name
        waiting.write_bytes(content)
        waiting.rename(self._maildir / "new" / name)


def _one_life(life: Life, tally: Tally, mailman: Mailman, *, target: str | None) -> None:
    chance = random.Random(f"{tally.seed}/{tally.kills}")
    borders = Borders(target=target, nth=chance.randint(1, 3))
    wait_seconds = BORDER_WAIT_SECONDS if target else chance.uniform(0.1, 2.0)
    if target:
        tally.border_attempts[target] = tally.border_attempts.get(target, 0) + 1
    for _ in range(chance.randint(0, 3 * MAILS_PER_LIFE if target else MAILS_PER_LIFE)):
        mailman.deliver()
    child = os.fork()
    if not child:
        be_born(life, borders, to_rest=False)
    ended = wait_for(child, wait_seconds, lambda: mailman.deliver() if chance.random() < 0.02 else None)
    if ended is None:
        kill(child)
    tally.note_death(ended, target)
    tally.kills += 1
    tally.note_cut_off(life.folder)


def live_to_rest(life: Life, tally: Tally) -> None:
    """Let one life run until nothing is left to do."""
    child = os.fork()
    if not child:
        be_born(life, Borders(target=None), to_rest=True)
    ended = wait_for(child, LAST_LIFE_SECONDS, lambda: None)
    if ended is None:
        kill(child)
    if ended != 0:
        tally.broke_by_itself += 1


def kill(child: int) -> None:
    """Kill a child and return when it is gone."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def wait_for(child: int, seconds: float, meanwhile: Callable[[], None]) -> int | None:
    """Return the child's wait status (it may have stopped only), or None where it still lives after `seconds`."""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            pid, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
            if pid:
                return status
            meanwhile()
            time.sleep(0.01)
    except BaseException:
        # The harness was interrupted: no child may outlive it.
        os.kill(child, signal.SIGKILL)
        raise
    return None


def claims_in_sending(folder: Path) -> set[str]:
    """Return the claims that are between claim and record after a kill; the next life makes their rows uncertain."""
    path = folder / "store.sqlite"
    if not path.exists():
        return set()
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT id, lease FROM replies WHERE state = 'sending'").fetchall()
    except sqlite3.OperationalError:
        return set()  # Killed before the first migration.
    finally:
        connection.close()
    return {f"{reply_id}#{lease}" for reply_id, lease in rows}


def _fork_sink(folder: Path) -> int:
    address = folder / "sink.socket"
    address.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        serve(address, folder / "sink.log")
        os._exit(0)
    while not address.exists():
        time.sleep(0.01)
    return child

"""`make torture`: kill Postroom many times; print one JSON object; exit 1 where anything was lost or doubled."""

import argparse
import json
import secrets
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from postroom.bootstrap import node_types, open_classifiers, shelf
from postroom.knowledge.search import ArticleSearch
from postroom.logs import configure_logging
from postroom.responders.articles import ArticleResponder
from postroom.settings import Settings
from torture.borders import BORDERS, MAIL_BORDERS
from torture.child import Life
from torture.harness import Tally, take_up, torture
from torture.mail_harness import Plan
from torture.mail_run import run_by_mail
from torture.mailrooms import maildir_and_sink
from torture.verify import verify


def main() -> int:
    """Run the harness from the command line."""
    parser = _parser()
    arguments = parser.parse_args()
    if unknown := set(arguments.only or ()) - set(MAIL_BORDERS if arguments.mail else BORDERS):
        parser.error(f"--only: there is no {', '.join(sorted(unknown))} in such a run")
    configure_logging("CRITICAL")
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="postroom-torture-"))
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10**6)
    if arguments.mail:
        return _by_mail(arguments, folder, seed)
    tally = take_up(folder, seed)
    print(f"seed {tally.seed}, folder {folder}; go on with: --folder {folder}", file=sys.stderr)
    only = arguments.only[0] if arguments.only else None
    torture(_life(arguments, folder), tally, kills=arguments.kills, only=only, progress=_Progress(arguments.kills))
    verdict = verify(folder, tally)
    print(json.dumps(asdict(verdict)))
    return 0 if verdict.ok else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None, help="without it a new one, which is printed")
    parser.add_argument("--folder", type=Path, default=None, help="an earlier run's folder, to go on with it")
    parser.add_argument("--blind", action="store_true", help="with an outbox that sends again after a crash")
    parser.add_argument("--models", type=Path, default=None, help="trained models, a folder called models")
    parser.add_argument("--only", nargs="+", help="kill at this border alone; with --mail at several in turn")
    parser.add_argument("--mail", action="store_true", help="over real IMAP and SMTP; always a run of its own")
    parser.add_argument("--stops", type=int, default=3, help="with --mail: stop it so often between claim and DATA")
    parser.add_argument("--stop-seconds", type=float, default=60, help="with --mail: 0 breaks connections instead")
    return parser


def _by_mail(arguments: argparse.Namespace, folder: Path, seed: int) -> int:
    plan = Plan(
        kills=arguments.kills,
        stops=arguments.stops,
        stop_seconds=arguments.stop_seconds,
        only=tuple(arguments.only or ()),
    )
    if (folder / "store.sqlite").exists():
        print("--mail cannot go on with an earlier run: its mailbox is gone. Name another folder.", file=sys.stderr)
        return 2
    print(f"seed {seed}, folder {folder}", file=sys.stderr)
    verdict = run_by_mail(_life(arguments, folder), plan, seed=seed, progress=_Progress(arguments.kills))
    print(json.dumps(verdict.figures()))
    return 0 if verdict.ok else 1


def _life(arguments: argparse.Namespace, folder: Path) -> Life:
    # Models are looked for in `models` of the data folder.
    settings = Settings(data_dir=arguments.models.parent if arguments.models else folder, mailbox_kind="mock")
    articles = shelf(settings)
    assert articles.articles, "Without articles nothing is answered by itself, and the torture would prove little."
    return Life(
        folder=folder,
        open_mailroom=maildir_and_sink(folder),
        node_types=node_types(),
        classifier=open_classifiers(settings)["linear"],
        responder=ArticleResponder(ArticleSearch(articles)),
        blind=arguments.blind,
    )


class _Progress:
    def __init__(self, kills: int) -> None:
        self._kills = kills
        self._began = time.monotonic()
        self._first: int | None = None

    def __call__(self, tally: Tally) -> None:
        if self._first is None:
            self._first = tally.kills - 1
        if tally.kills % 10 == 0 or tally.kills == self._kills:
            done = tally.kills - self._first
            left = (time.monotonic() - self._began) / done * (self._kills - tally.kills)
            print(f"{tally.kills}/{self._kills} kills, {tally.delivered} mails, {left:.0f} s left", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

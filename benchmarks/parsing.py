"""Prints JSON: how long `postroom.mime.parse` takes per megabyte, and its slowest case.

Run as `python benchmarks/parsing.py [folder ...]`; without folders it reads tests/mail and ../shared/data/mime_*.
"""

import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from mime.hostile_mail import hostile_mails  # noqa: E402
from postroom.mime.parse import parse  # noqa: E402

HOSTILE_BYTES = 250_000
ROUNDS = 3


def corpus(folders: list[Path]) -> dict[str, bytes]:
    """Return the mails of `folders` by file name, without side files."""
    paths = [path for folder in folders for path in sorted(folder.glob("*")) if path.suffix not in {".json", ".html"}]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def cpu_milliseconds(content: bytes) -> float:
    """Return the least CPU time of `ROUNDS` runs."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        parse(content)
        times.append((time.process_time() - started) * 1_000)
    return min(times)


def summary(mails: dict[str, bytes]) -> dict[str, float | int | str]:
    """Return counts, times per mail and per megabyte, and the slowest mail of `mails`."""
    times = {name: cpu_milliseconds(content) for name, content in mails.items()}
    slowest = max(times, key=lambda name: times[name])
    ordered = sorted(times.values())
    megabytes = sum(len(content) for content in mails.values()) / 1_000_000
    return {
        "mails": len(mails),
        "megabytes": round(megabytes, 3),
        "cpu_ms_per_megabyte": round(sum(ordered) / megabytes, 1),
        "cpu_ms_median": round(ordered[len(ordered) // 2], 3),
        "slowest": slowest,
        "slowest_cpu_ms": round(times[slowest], 1),
        "slowest_bytes": len(mails[slowest]),
    }


def measure(folders: list[Path] | None = None) -> dict[str, dict[str, float | int | str]]:
    """Return the figures of the corpora in `folders` (none: the known ones) and of hostile mail."""
    shared = ROOT.parent / "shared" / "data"
    known = [ROOT / "tests" / "mail", shared / "mime_mikel_mail", shared / "mime_mimekit"]
    chosen = folders or [folder for folder in known if folder.exists()]
    return {"corpora": summary(corpus(chosen)), "hostile": summary(hostile_mails(HOSTILE_BYTES))}


if __name__ == "__main__":
    print(json.dumps(measure([Path(argument) for argument in sys.argv[1:]]), indent=2))

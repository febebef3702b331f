"""The folder of a demo: emptied before, and known again by other commands."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postroom.cli.only_one import lock_files, only_one
from postroom.cli.opening import all_in_folder
from postroom.errors import ConflictError
from postroom.settings import MOCK_ADDRESS, Settings

MARK = ".postroom-demo"


def demo_settings(settings: Settings, *, folder: Path, emails: int, seed: int) -> Settings:
    """Return settings for a demo in `folder`: nothing of it reaches anybody, whatever else is configured."""
    return all_in_folder(settings, folder).model_copy(
        update={
            "mailbox_kind": "mock",
            "mailbox_path": None,
            "mailbox_address": MOCK_ADDRESS,
            "mailbox_display_name": "",
            "mailbox_aliases": (),
            "mode": "automatic",
            "mock_seed": seed,
            "mock_emails": emails,
            "workflow": "customer_support",
            "workflow_file": None,
            "articles_dir": None,
            "webhook_url": None,
            "webhook_secret": None,
            "slack_webhook_url": None,
        }
    )


@contextmanager
def fresh_folder(settings: Settings) -> Iterator[None]:
    """Empty the data folder of an earlier demo (or make it), note which demo it now holds, and keep others out.

    Raises:
        ConflictError: something else lies in it, or another demo uses it.
    """
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / MARK
    if not mark.exists() and any(folder.iterdir()):
        raise ConflictError(
            f"The folder {str(folder)!r} holds something that is not a demo.", hint="Name an empty or new folder."
        )
    kept = {mark, *lock_files(settings)}
    with only_one(settings):
        mark.write_text(json.dumps({"emails": settings.mock_emails, "seed": settings.mock_seed}), encoding="utf-8")
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path not in kept:
                path.unlink()
        yield


def as_demo(settings: Settings) -> Settings:
    """Return the settings of the demo whose folder is the data folder; unchanged where it is no demo's."""
    try:
        noted = json.loads((settings.data_dir / MARK).read_text(encoding="utf-8"))
        emails, seed = int(noted["emails"]), int(noted["seed"])
    except (OSError, ValueError, KeyError, TypeError):
        return settings
    return demo_settings(settings, folder=settings.data_dir, emails=emails, seed=seed)


def share_models(folder: Path, link: Path) -> None:
    """Make `link` another name of a folder of models, so that a model is trained once and found by every command."""
    folder.mkdir(parents=True, exist_ok=True)
    link.symlink_to(folder.resolve(), target_is_directory=True)

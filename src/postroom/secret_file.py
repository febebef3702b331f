"""The secret of an installation: 32 bytes, kept as hex digits in a file that only its user may read."""

import os
import re
import secrets
import stat
from pathlib import Path

from postroom.errors import ConfigurationError

SECRET_BYTES = 32


def load_or_make_secret(path: Path) -> bytes:
    """Return the 32 bytes kept in `path` as hex digits; where there is no file, make it with mode 600.

    Several processes may start at once: one makes the file, all get the same bytes. A damaged file is never replaced,
    for with another key replies to what was sent before would not be known as such.

    Raises:
        ConfigurationError: the file is damaged, open to others, or cannot be read or made.
    """
    try:
        if not path.exists():
            _make_secret(path)
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(1024).decode("ascii", "replace").strip()
    except OSError as error:
        hint = "Let Postroom write its data folder, or set POSTROOM_SECRET_KEY."
        raise ConfigurationError(f"The secret {str(path)!r} cannot be used: {error.strerror}.", hint=hint) from error
    if mode & 0o077:
        raise ConfigurationError(f"Others may read the secret {str(path)!r}.", hint=f"Run: chmod 600 {path}")
    key = key_bytes(text)
    if key is None:
        hint = "Restore it from a backup; with a new one, replies to what was sent before are not known as such."
        raise ConfigurationError(f"The secret {str(path)!r} is damaged.", hint=hint)
    return key


def key_bytes(text: str) -> bytes | None:
    """Return the bytes of a key in hex digits, None where `text` is no such key."""
    return bytes.fromhex(text) if re.fullmatch(rf"[0-9a-fA-F]{{{SECRET_BYTES * 2}}}", text) else None


def _make_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(SECRET_BYTES)}\n")
            file.flush()
            os.fsync(descriptor)
        # A link fails where the file exists already: of several processes only the first one makes it.
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

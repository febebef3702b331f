"""Passwords: what is asked of them, and how they are kept and compared (argon2id, RFC 9106)."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from postroom.errors import InputError

LEAST_CHARS = 12
MOST_CHARS = 1024

# Each comparison takes 64 MiB: a flood of log-ins waits here and does not fill the memory.
_COMPARERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


def require_password(password: str, *, name: str) -> None:
    """Pass where `password` may be the password of the user of that name.

    Raises:
        InputError: it is too short, too long, no text, or the name.
    """
    if not LEAST_CHARS <= len(password) <= MOST_CHARS:
        raise InputError(
            f"The password has {len(password)} characters.",
            hint=f"Use {LEAST_CHARS} to {MOST_CHARS} characters; a few words in a row are good.",
        )
    if password.casefold().strip() == name.casefold():
        raise InputError("The password is the name.", hint="Use one that nobody can guess.")
    if len(set(password)) == 1:
        raise InputError("The password is one character many times.", hint="Use one that nobody can guess.")
    try:
        password.encode()
    except UnicodeEncodeError as error:
        raise InputError("The password is no text.", hint="Use letters, digits and signs.") from error


class Passwords:
    """Hashes and compares passwords in threads, with the parameters of `hasher`."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._nobodys = cache(lambda: hasher.hash("nobody has this password"))

    async def hashed(self, password: str) -> str:
        """Return what is kept of a password; each call gives another result."""
        return await asyncio.get_running_loop().run_in_executor(_COMPARERS, self._hasher.hash, _plain(password))

    async def match(self, password_hash: str, password: str) -> bool:
        """Whether `password` is the one that was hashed.

        An empty hash matches nothing, and takes as long to say so: time must not tell which names exist.
        """
        return await asyncio.get_running_loop().run_in_executor(
            _COMPARERS, self._matches, password_hash, _plain(password)
        )

    def outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than are used now."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        # Made by whoever comes first, known or not, so that making it tells nothing either.
        nobodys = self._nobodys()
        try:
            return self._hasher.verify(password_hash or nobodys, password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def _plain(password: str) -> str:
    # The same letters typed on another system may come in other code points (NIST SP 800-63B, 3.1.1.2).
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


PASSWORDS = Passwords(PasswordHasher())

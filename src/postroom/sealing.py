"""Sealing of secrets: what is stored can only be read with the key of the installation."""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from postroom.errors import ConfigurationError

NONCE_BYTES = 12
_MARK = "v1:"


class Seal:
    """Encrypts texts with AES-256-GCM under a key made from the secret of the installation (HKDF, RFC 5869).

    Each text is bound to its `place`: moved to another one it cannot be opened.
    """

    def __init__(self, secret: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"postroom sealed secrets 1").derive(secret)
        self._cipher = AESGCM(key)

    def close(self, text: str, *, place: str) -> str:
        """Return `text` encrypted, as ASCII; each call gives another result."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode("utf-8", "surrogateescape"), place.encode())
        return _MARK + base64.b64encode(nonce + sealed).decode("ascii")

    def open(self, sealed: str, *, place: str) -> str:
        """Return the text that was closed.

        Raises:
            ConfigurationError: it was closed with another key or for another place, or it is damaged.
        """
        try:
            raw = base64.b64decode(sealed.removeprefix(_MARK), validate=True)
            text = self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise ConfigurationError(
                f"The secret kept for {place!r} cannot be opened with this key.",
                hint="Restore secret.key (or POSTROOM_SECRET_KEY) of this installation, or enter the secret anew.",
            ) from error
        return text.decode("utf-8", "surrogateescape")

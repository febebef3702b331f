"""What a setting must be beyond its type, on its own and with others that are read before it.

Each check returns the value to use; its `ValueError` says in words what is wrong.
"""

import re
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo
from pydantic_settings import NoDecode

from postroom.secret_file import SECRET_BYTES, key_bytes

MOCK_ADDRESS = "support@lindenhof.example"

_ADDRESS = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_LANGUAGE = re.compile(r"[a-z]{2}")

Use = TypeVar("Use", str, bool)


def capitals(value: object) -> object:
    """Read a word in any case as one in capitals."""
    return value.upper() if isinstance(value, str) else value


def words(value: object) -> object:
    """Read `a, b` as a list, so that nobody has to write JSON into an environment variable."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def absolute(folder: Path) -> Path:
    """Return the folder that is meant wherever the process goes, and with it every place made from it."""
    return folder.resolve()


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(words)]
Folder = Annotated[Path, AfterValidator(absolute)]


def path_of_a_file_mailbox(path: Path | None, info: ValidationInfo[None]) -> Path | None:
    """Require a path where `mailbox_kind` is one that reads it."""
    if path is None and info.data.get("mailbox_kind") in {"maildir", "mbox"}:
        raise ValueError(f"a {info.data['mailbox_kind']} mailbox needs a path")
    return path


def address_of_the_mailbox(address: str, info: ValidationInfo[None]) -> str:
    """Require an e-mail address, and one of its own where `mailbox_kind` reads real mail."""
    if address == MOCK_ADDRESS and info.data.get("mailbox_kind") in {"maildir", "mbox"}:
        raise ValueError(f"a {info.data['mailbox_kind']} mailbox needs its own address")
    if not _ADDRESS.fullmatch(address):
        raise ValueError("this is no e-mail address")
    return address


def mail_addresses(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Require that each is an e-mail address."""
    wrong = [address for address in addresses if not _ADDRESS.fullmatch(address)]
    if wrong:
        raise ValueError(f"no e-mail addresses: {', '.join(map(repr, wrong))}")
    return addresses


def language_codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Require codes of ISO 639-1."""
    wrong = [code for code in codes if not _LANGUAGE.fullmatch(code)]
    if wrong:
        raise ValueError(f"no codes of two small letters: {', '.join(map(repr, wrong))}")
    return codes


def hex_key(key: SecretStr | None) -> SecretStr | None:
    """Require hex digits enough to sign with."""
    if key is not None and key_bytes(key.get_secret_value()) is None:
        raise ValueError(f"it must be {SECRET_BYTES * 2} hex digits, as `openssl rand -hex 32` gives")
    return key


def with_a_webhook_url(secret: SecretStr | None, info: ValidationInfo[None]) -> SecretStr | None:
    """Require a secret with a `webhook_url`, and none without."""
    if "webhook_url" in info.data and (info.data["webhook_url"] is None) != (secret is None):
        raise ValueError("a webhook needs both its URL and its secret")
    return secret


def can_be_asked(wanted: Use, info: ValidationInfo[None]) -> Use:
    """Require all that asking a language model takes, unless it is to be left alone."""
    if wanted in {"off", False}:
        return wanted
    known = info.data
    paid = not known.get("language_model_url") or bool(known.get("language_model_azure_api_version"))
    missing = [] if known.get("language_model") else ["a language model"]
    if paid and not known.get("language_model_key"):
        missing.append("its key")
    if paid and not (known.get("language_model_price_in") and known.get("language_model_price_out")):
        missing.append("its prices, without which the budget holds nothing back")
    if missing:
        raise ValueError(f"this needs {' and '.join(missing)}")
    return wanted

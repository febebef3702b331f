"""Bytes of a text in a declared charset, made into text; never raises and never trusts the charset's name."""

import re
from encodings.aliases import aliases

_UNSAFE = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "charmap", "utf_7"}
_NOT_TEXT = {"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"}
_UNALIASED = {
    "cp720",
    "cp737",
    "cp856",
    "cp874",
    "cp875",
    "cp1006",
    "koi8_r",
    "koi8_t",
    "koi8_u",
    "utf_8_sig",
    "cp65001",
}
# Only names Python knows are looked up: a look-up of a made-up name is cached for ever, which would be a leak.
_KNOWN = (aliases.keys() | set(aliases.values()) | _UNALIASED) - _UNSAFE - _NOT_TEXT

# What mail programs call one thing and mean by it a larger one (the WHATWG encoding standard has the same idea).
_MEANT = {
    "ascii": "cp1252",
    "us_ascii": "cp1252",
    "iso_8859_1": "cp1252",
    "iso8859_1": "cp1252",
    "iso_8859_1_windows_3_1_latin_1": "cp1252",
    "latin_1": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "iso_8859_9": "cp1254",
    "iso_8859_11": "cp874",
    "tis_620": "cp874",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "x_gbk": "gb18030",
    "gb_2312_80": "gb18030",
    "ks_c_5601_1987": "cp949",
    "ks_c_5601": "cp949",
    "euc_kr": "cp949",
    "windows_949": "cp949",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "x_sjis": "cp932",
    "windows_31j": "cp932",
    "iso_2022_jp": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "x_euc_jp": "euc_jp",
    "big5": "cp950",
    "x_big5": "cp950",
    "utf8": "utf_8",
    "unicode": "utf_16",
    "x_mac_roman": "mac_roman",
    "macintosh": "mac_roman",
    "x_windows_1252": "cp1252",
}
_REFUSED = {"utf_7", "utf7", "unicode_1_1_utf_7", "u7", "x_unicode_2_0_utf_7"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,39}", re.ASCII)
_UNENCODABLE = re.compile("[\x00\ud800-\udfff]")


def decode_text(content: bytes, charset: str | None) -> tuple[str, str | None]:
    """Return `content` as text, and the code of the defect met on the way or None.

    Without a charset, or with one that is unknown, UTF-8 is tried, then Windows-1252. UTF-7 is refused, because it
    hides markup from filters. The text has neither NUL nor lone surrogates.
    """
    text, defect = _decode(content, charset)
    return clean(text), defect


def clean(text: str) -> str:
    """Return `text` without NUL, with lone surrogates replaced, so that it is valid as UTF-8 JSON."""
    if "\x00" in text or not text.isascii():
        return _UNENCODABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)
    return text


def _decode(content: bytes, charset: str | None) -> tuple[str, str | None]:
    name = (charset or "").strip().strip("\"'").lower()
    key = name.replace("-", "_").replace(" ", "_").replace(".", "_").replace(":", "_")
    if content.isascii() and b"\x1b" not in content and not key.startswith(("utf_16", "utf_32", "unicode", "hz", "cp")):
        text = content.decode("ascii")
        if not name or key in _MEANT or key in _KNOWN:
            return text, None
        return text, "utf7_refused" if key in _REFUSED else "unknown_charset"
    if not name:
        return _guess(content), "charset_guessed"
    if key in _REFUSED:
        return _guess(content), "utf7_refused"
    codec = _codec(name, key)
    if codec is None:
        return _guess(content), "unknown_charset"
    if codec == "cp1252" and key in {"ascii", "us_ascii"}:
        return _guess(content), "charset_guessed"
    return _decode_with(content, codec)


def _codec(name: str, key: str) -> str | None:
    if not _NAME.fullmatch(name):
        return None
    if key in _MEANT:
        return _MEANT[key]
    for candidate in (key, key.removeprefix("x_"), key.removeprefix("windows_"), key.replace("windows_", "cp", 1)):
        meant = _MEANT.get(candidate, candidate)
        if meant in _KNOWN and aliases.get(meant, meant) not in _UNSAFE | _NOT_TEXT:
            return meant
    return None


def _decode_with(content: bytes, codec: str) -> tuple[str, str | None]:
    try:
        return content.decode(codec), None
    except (UnicodeError, LookupError, ValueError):
        pass
    if codec == "cp1252":
        # Five bytes have no meaning in Windows-1252; they stay what Latin-1 makes of them.
        return content.decode("cp1252", "replace"), None
    try:
        text = content.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return _guess(content), "undecodable_text"
    if codec == "utf_8" and text.count("\ufffd") * 2 > sum(1 for byte in content if byte >= 0x80):
        return content.decode("cp1252", "replace"), "undecodable_text"
    return text, "undecodable_text"


def _guess(content: bytes) -> str:
    if b"\x1b$" in content or b"\x1b(" in content:
        try:
            return content.decode("iso2022_jp_ext")
        except UnicodeError:
            pass
    try:
        return content.decode("utf-8")
    except UnicodeError:
        return content.decode("cp1252", "replace")

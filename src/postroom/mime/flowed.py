"""Paragraphs of format=flowed text (RFC 3676), joined again."""


def join_flowed(text: str, *, delsp: str = "") -> str:
    """Return `text` with soft line breaks undone outside quotations; `delsp` is the parameter of that name.

    Quoted lines stay as they are: joining them would only guess at somebody else's paragraphs. The signature
    separator `-- ` is never joined.
    """
    keep_blank = delsp.strip().lower() != "yes"
    joined: list[str] = []
    paragraph: list[str] = []
    for line in text.split("\n"):
        if line.startswith(">"):
            _flush(paragraph, joined)
            joined.append(line)
            continue
        unstuffed = line.removeprefix(" ")
        if unstuffed == "-- ":
            _flush(paragraph, joined)
            joined.append(unstuffed)
        elif unstuffed.endswith(" "):
            paragraph.append(unstuffed if keep_blank else unstuffed[:-1])
        else:
            paragraph.append(unstuffed)
            _flush(paragraph, joined)
    _flush(paragraph, joined)
    return "\n".join(joined)


def _flush(paragraph: list[str], joined: list[str]) -> None:
    if paragraph:
        joined.append("".join(paragraph))
        paragraph.clear()

"""The text of a reply: greeting, passages of an article, closing and signature, from one template per language."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from postroom.model.catalogue import LANGUAGES

EMPTY_SPACE = "[ … ]"


def letter(language: str, *, name: str | None, paragraphs: Sequence[str], signature: str) -> str:
    """Return the reply in `language` (an unknown one: English), without a line break at its end.

    Without `name` the greeting is neutral; without `paragraphs` the middle is `EMPTY_SPACE`, for a person to fill.
    """
    template = letter_template(language if language in LANGUAGES else "en")
    return template.render(name=name, paragraphs=list(paragraphs), signature=signature).strip()


@cache
def letter_template(language: str) -> Template:
    """Return the template of a language of the catalogue; sandboxed, and an unknown name in it is an error."""
    source = (files("postroom.knowledge") / "letters" / f"{language}.j2").read_text(encoding="utf-8")
    return _environment().from_string(source)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    # Plain text: escaping for HTML would turn an apostrophe in an article into an entity.
    return ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined)

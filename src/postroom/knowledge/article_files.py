"""Articles as files: YAML with many articles, or Markdown with front matter and one."""

import re
from typing import Annotated, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from postroom.errors import ConfigurationError
from postroom.model.article import Article, ArticleId

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*\n(.*)\Z", re.DOTALL | re.MULTILINE)
_MARKUP = re.compile(r"<[a-zA-Z/!]|\{\{|\{%")


def _written(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValueError("it is empty")
    return text


def _plain(text: str) -> str:
    if _MARKUP.search(text):
        raise ValueError("it holds HTML or template marks; replies are plain text")
    return text


_Text = Annotated[str, AfterValidator(_written)]
_Questions = Annotated[tuple[_Text, ...], Field(min_length=1)]
_Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$")]


class ArticleEntry(BaseModel):
    """One article as it is written in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    language: _Language
    category: _Text
    title: _Text
    questions: _Questions
    body: Annotated[_Text, AfterValidator(_plain)]
    approved: bool = True

    def article(self) -> Article:
        """Return the noun."""
        return Article(
            id=ArticleId(self.id),
            language=self.language,
            category=self.category,
            title=self.title,
            questions=self.questions,
            body=self.body,
            approved=self.approved,
        )


class PersonTopicEntry(BaseModel):
    """A topic for a person as it is written in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    language: _Language
    category: _Text
    questions: _Questions


class ArticleFile(BaseModel):
    """What one YAML file holds; `language` fills in where an entry names none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: _Language | None = None
    articles: tuple[ArticleEntry, ...] = ()
    for_a_person: tuple[PersonTopicEntry, ...] = ()

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if not self.articles and not self.for_a_person:
            raise ValueError("the file holds neither `articles` nor `for_a_person`")
        return self


def read_yaml(text: str, *, where: str, language: str | None) -> ArticleFile:
    """Return the articles of one YAML file; `where` names it in errors, `language` is the default.

    Raises:
        ConfigurationError: with the file, the field, its value and what to do.
    """
    loaded = _load(text, where)
    if not isinstance(loaded, dict):
        raise ConfigurationError(
            f"{where}: a list of articles was expected under `articles:`, found {type(loaded).__name__}.",
            hint="Start the file with `articles:` and write one entry per article.",
        )
    default = loaded.get("language", language)
    for section in ("articles", "for_a_person"):
        entries = loaded.get(section)
        if isinstance(entries, list):
            loaded[section] = [_with_language(entry, default) for entry in entries]
    try:
        return ArticleFile.model_validate(loaded)
    except ValidationError as error:
        raise _unusable(error, where) from error


def read_markdown(text: str, *, where: str, language: str | None) -> ArticleEntry:
    """Return the article of one Markdown file: front matter between two `---` lines, then the body.

    Raises:
        ConfigurationError: with the file, the field, its value and what to do.
    """
    parts = _FRONT_MATTER.match(text.replace("\r\n", "\n"))
    if parts is None:
        raise ConfigurationError(
            f"{where}: the front matter is missing.",
            hint="Begin the file with a line `---`, then id, language, category, title and questions, then `---`.",
        )
    loaded = _load(parts[1], where)
    if not isinstance(loaded, dict):
        raise ConfigurationError(f"{where}: the front matter holds no fields.", hint="Write `id: …` and so on.")
    try:
        return ArticleEntry.model_validate({**_with_language(loaded, language), "body": parts[2]})
    except ValidationError as error:
        raise _unusable(error, where) from error


def _load(text: str, where: str) -> object:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loaded: object = yaml.load(text, loader)  # noqa: S506 (both loaders are the safe ones)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        line = f" in line {mark.line + 1}" if mark else ""
        raise ConfigurationError(
            f"{where}: this is not valid YAML{line}.",
            hint='Check the indentation, and put texts with ": " or a leading quotation mark in quotes.',
        ) from error
    return loaded


def _with_language(entry: object, language: object) -> dict[str, object]:
    if not isinstance(entry, dict):
        return {"id": entry, "language": language}
    fields: dict[str, object] = {str(key): value for key, value in entry.items()}
    if fields.get("language") is None and language is not None:
        fields["language"] = language
    return fields


def _unusable(error: ValidationError, where: str) -> ConfigurationError:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"]) or "file"
    value = first["input"]
    shown = "" if first["type"] == "missing" or isinstance(value, dict) else f" {str(value)[:60]!r}"
    message = first["msg"].removeprefix("Value error, ")
    return ConfigurationError(f"{where}: `{field}`{shown} cannot be used: {message}.", hint=_hint(first["type"], field))


def _hint(kind: str, field: str) -> str:
    name = field.rsplit(".", 1)[-1]
    if kind == "missing":
        return f"Add `{name}:` to the article."
    if kind == "extra_forbidden":
        return "Known fields: id, language, category, title, questions, body, approved."
    if name == "language":
        return "Use a code of two small letters, such as `en`, or name the file after it (`en.yaml`)."
    return f"Correct `{name}` in this file, then start again."

"""Articles that the operator wrote: every YAML and Markdown file of one folder."""

import re
from pathlib import Path

from postroom.errors import ConfigurationError
from postroom.knowledge.article_files import read_markdown, read_yaml
from postroom.knowledge.articles import ArticleShelf, PersonTopic
from postroom.model.article import Article

_LANGUAGE_IN_NAME = re.compile(r"(?:^|[._-])([a-z]{2})$")


def load_folder(folder: Path) -> ArticleShelf:
    """Return the approved articles of `folder` (not of its sub-folders), files in the order of their names.

    `*.yaml` and `*.yml` hold many articles, `*.md` one. An article that names no language has that of its file's
    name: `en.yaml`, `delivery.en.md`. Other files are left alone.

    Raises:
        ConfigurationError: the folder or a file cannot be used; it names file, field, value and what to do.
    """
    if not folder.is_dir():
        raise ConfigurationError(
            f"The article folder {str(folder)!r} does not exist.", hint="Create it, or correct it."
        )
    articles: list[Article] = []
    topics: list[PersonTopic] = []
    for path in sorted(folder.iterdir()):
        language = _language_of(path)
        if path.suffix in {".yaml", ".yml"}:
            written = read_yaml(_text(path), where=str(path), language=language)
            articles.extend(entry.article() for entry in written.articles)
            topics.extend(
                PersonTopic(id=entry.id, language=entry.language, category=entry.category, questions=entry.questions)
                for entry in written.for_a_person
            )
        elif path.suffix == ".md":
            articles.append(read_markdown(_text(path), where=str(path), language=language).article())
    if not articles:
        raise ConfigurationError(
            f"The article folder {str(folder)!r} holds no articles.", hint="Add a .yaml or .md file with an article."
        )
    return ArticleShelf(articles, topics)


def _language_of(path: Path) -> str | None:
    found = _LANGUAGE_IN_NAME.search(path.stem)
    return found[1] if found else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{str(path)!r} is not UTF-8 text.", hint="Save the file as UTF-8.") from error
    except OSError as error:
        raise ConfigurationError(
            f"{str(path)!r} cannot be read: {error.strerror}.", hint="Check that it is a file that Postroom may read."
        ) from error

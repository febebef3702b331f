"""What is learnt from and with, and the articles that answers are made of."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from postroom.stores.sql.tables.columns import metadata, optional_text, position, required_integer, required_text

categories = Table(
    "categories",
    metadata,
    Column("name", Text, primary_key=True),
    required_integer("revision"),
    required_text("category_json"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    required_integer("revision"),
    required_text("article_json"),
)

examples = Table(
    "examples",
    metadata,
    position(),
    required_text("id"),
    required_text("origin"),
    required_text("category"),
    optional_text("mailbox_id"),
    optional_text("email_id"),
    required_text("example_json"),
    Index("uq_examples_id", "id", unique=True),
    Index("ix_examples_origin", "origin", "position"),
    Index("ix_examples_category", "category", "position"),
    Index("ix_examples_mailbox", "mailbox_id", "position"),
    Index("ix_examples_email", "email_id"),
    sqlite_autoincrement=True,
)

judgements = Table(
    "judgements",
    metadata,
    Column("example_id", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("responder", Text, primary_key=True),
    required_integer("fair"),
    required_integer("at"),
    required_text("judgement_json"),
    Index("ix_judgements_model", "model", "at"),
    Index("ix_judgements_fair", "model", "fair", "at"),
)

last_looks = Table("last_looks", metadata, Column("mailbox_id", Text, primary_key=True), required_text("look_json"))

models = Table(
    "models",
    metadata,
    position(),
    required_text("id"),
    required_text("state"),
    required_text("model_json"),
    Index("uq_models_id", "id", unique=True),
    Index("ix_models_state", "state"),
    sqlite_autoincrement=True,
)

model_changes = Table(
    "model_changes",
    metadata,
    position(),
    optional_text("model_id"),
    optional_text("replaced"),
    Column("beneath", BigInteger),
    required_integer("at"),
    required_text("by"),
    required_integer("rolled_back"),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    position(),
    required_text("id"),
    required_text("kind"),
    required_text("state"),
    required_text("worker"),
    Column("beat_at", BigInteger),
    required_integer("cancelling"),
    required_text("job_json"),
    Index("uq_jobs_id", "id", unique=True),
    Index("ix_jobs_kind", "kind", "position"),
    Index("ix_jobs_state", "state", "position"),
    sqlite_autoincrement=True,
)

# In millionths of the currency of the prices.
spending = Table(
    "spending",
    metadata,
    Column("account", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    required_integer("amount"),
)

# Numbers that only grow, by name.
counters = Table("counters", metadata, Column("name", Text, primary_key=True), required_integer("number"))

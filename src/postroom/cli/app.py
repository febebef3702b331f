"""All commands under one name."""

import typer

from postroom.cli.alarm import alarm
from postroom.cli.answer import answer
from postroom.cli.backtest import backtest
from postroom.cli.category import category
from postroom.cli.check import check
from postroom.cli.compare import compare
from postroom.cli.control import allow_sending, cancel, pause, resume, retry, stop_sending
from postroom.cli.demo import demo
from postroom.cli.evaluate import evaluate
from postroom.cli.example import example
from postroom.cli.export import export
from postroom.cli.guarantee import guarantee
from postroom.cli.import_ import import_
from postroom.cli.job import job
from postroom.cli.logs import logs
from postroom.cli.mailbox import mailbox
from postroom.cli.model import model
from postroom.cli.notifier import notifier
from postroom.cli.parse import parse
from postroom.cli.quarantine import quarantine
from postroom.cli.reconcile import reconcile
from postroom.cli.review import review
from postroom.cli.sender import sender
from postroom.cli.serve import serve
from postroom.cli.shadow import shadow
from postroom.cli.status import status
from postroom.cli.suppression import suppression
from postroom.cli.train import train
from postroom.cli.user import user
from postroom.cli.version import version
from postroom.cli.worker import worker
from postroom.cli.workflow import workflow

COMMANDS = (
    *(demo, serve, worker, check, parse, answer, status, logs, pause, resume, cancel, retry, reconcile, stop_sending),
    *(allow_sending, export, guarantee, version),
    *(backtest, compare, shadow, train),
)

app = typer.Typer(
    help="Postroom answers a company's support e-mail: what is sure by itself, the rest by a person, nothing lost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in COMMANDS:
    app.command()(command)
app.command("import")(import_)
app.add_typer(model, name="model")
app.add_typer(job, name="job")
app.add_typer(mailbox, name="mailbox")
app.add_typer(sender, name="sender")
app.add_typer(notifier, name="notifier")
app.add_typer(review, name="review")
app.add_typer(workflow, name="workflow")
app.add_typer(quarantine, name="quarantine")
app.add_typer(suppression, name="suppression")
app.add_typer(alarm, name="alarm")
app.add_typer(category, name="category")
app.add_typer(example, name="example")
app.add_typer(user, name="user")
app.add_typer(evaluate, name="evaluate")


def main() -> None:
    """Run the command line."""
    app()

"""`postroom train`: a new model from everything people said, held against the one in use."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.model import share
from postroom.cli.opening import DataDir, Json, settings_of
from postroom.cli.output import printable, say, show, show_json, show_table
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.actions.training import Training, TrainingOrder
    from postroom.actions.training_compared import Comparison

SHOWN_FLIPS = 10


def train(
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same data and seed give the same model.")] = 0,
    promote: Annotated[
        bool | None,
        typer.Option(
            "--promote/--no-promote", help="Put it in use whatever it scores, or in no case.", show_default=False
        ),
    ] = None,
    as_job: Annotated[bool, typer.Option("--job", help="Let a running Postroom do it instead.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Train a model, compare it with the one in use on mail that neither has learnt, and promote it if it is better.

    Where too little mail is labelled to compare by, nothing is better: --promote puts it in use.
    """
    from postroom.actions.training import Promotion, TrainingOrder

    wanted = {True: Promotion.ALWAYS, False: Promotion.NEVER, None: Promotion.IF_BETTER}[promote]
    order = TrainingOrder(seed=seed, promotion=wanted)
    if as_job:
        run(_leave(data_dir, order, as_json=as_json))
        return
    found = run(_train(data_dir, order))
    if as_json:
        show_json(dict(found.result()))
    else:
        _show(found)


async def _leave(data_dir: Path | None, order: "TrainingOrder", *, as_json: bool) -> None:
    from postroom.actions.training import order_training
    from postroom.cli.store import desk_of, say_when

    async with desk_of(data_dir) as desk:
        job = await order_training(desk, order)
        await say_when(desk)
    if as_json:
        show_json(job)
    else:
        show(f"The job {job.id} waits; `postroom job show {job.id}` says how far it is.")


async def _train(data_dir: Path | None, order: "TrainingOrder") -> "Training":
    from postroom.actions.training import train as trained
    from postroom.cli.train_stage import shown, workshop

    async with workshop(data_dir) as shop:
        with shown("Training") as progress:
            return await trained(shop, order, progress)


def _show(found: "Training") -> None:
    comparison = found.comparison
    few = "" if comparison.tells else f"too few to tell (n = {comparison.in_scope})"
    few_alone = "" if comparison.tells_automation else f"too few to tell (n = {comparison.held_out})"
    rows = [
        ("right, of mail in a category", few or share(comparison.right_before), few or share(comparison.right)),
        (
            f"could be decided alone at {share(comparison.target)}",
            few_alone or share(comparison.automated_before),
            few_alone or share(comparison.automated),
        ),
        (
            "right of that",
            few_alone or share(comparison.precision_before) or "nothing was",
            few_alone or share(comparison.precision) or "nothing was",
        ),
    ]
    columns = (f"on {comparison.held_out} held-out mails", f"in use: {found.before}", f"new: {found.model.name}")
    show_table("", columns, rows)
    _show_changes(comparison)
    show(comparison.reason)
    if found.left_out:
        taken = settings_of().training_examples
        show(f"{found.left_out} older labelled texts were left out (POSTROOM_TRAINING_EXAMPLES is {taken}).")
    if found.before == found.model.name:
        show(f"{found.model.name} ({found.model.id}) is in use already: nothing new was learnt.")
    elif found.promoted:
        show(f"{found.model.name} ({found.model.id}) is in use; `postroom model rollback` goes back.")
    else:
        show(
            f"It is kept as {found.model.id}; `postroom model promote {found.model.id}` puts it in use all the same, "
            "and so does `postroom train --promote`."
        )


def _show_changes(comparison: "Comparison") -> None:
    if comparison.confusions:
        confused = [(printable(one.wanted), printable(one.said), str(one.count)) for one in comparison.confusions]
        show_table("The new model's mistakes", ("is", "taken for", "times"), confused)
    if comparison.flips:
        flips = [
            (one.example_id, printable(one.wanted), printable(one.before), printable(one.after))
            for one in comparison.flips[:SHOWN_FLIPS]
        ]
        title = f"What changes: {len(comparison.flips)} of {comparison.held_out} held-out mails"
        show_table(title, ("id", "is", "was taken for", "is taken for now"), flips)
        if len(comparison.flips) > SHOWN_FLIPS:
            say(f"{len(comparison.flips) - SHOWN_FLIPS} more are in `postroom model show`.")

"""`postroom model`: the versions of the classifier."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json, Newest
from postroom.cli.output import moment, show, show_json, show_json_list, show_table
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.model.trained_model import ModelChange, TrainedModel
    from postroom.model.workflow import JsonValue

model = typer.Typer(help="Trained models: which is in use, and going back to the one before.", no_args_is_help=True)

ModelIdArgument = Annotated[str, typer.Argument(metavar="ID", help="The id of the model.", show_default=False)]
CAME_WITH_IT = "came with the installation"


@model.command("list")
def list_(limit: Newest = 20, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show models, newest first, and last the one that came with the installation; --json has the trained ones only."""
    from postroom.actions.models import models
    from postroom.cli.store import read
    from postroom.model.trained_model import TrainedModel

    found = run(read(data_dir, lambda stores: models(stores, limit=limit))).rows
    if as_json:
        show_json_list(TrainedModel, found)
        return
    columns = ("id", "name", "state", "trained at", "by", "examples", "held out", "right", "before")
    starter = "" if run(_in_use(data_dir)) else "in use"
    show_table("", columns, [*map(_row, found), ("starter", CAME_WITH_IT, starter, *[""] * 6)])


@model.command("show")
def show_(model_id: ModelIdArgument, data_dir: DataDir = None) -> None:
    """Print a model with everything that was measured of it, as JSON."""
    from postroom.cli.store import read
    from postroom.model.trained_model import ModelId

    show_json(run(read(data_dir, lambda stores: stores.models.get(ModelId(model_id)))))


@model.command()
def promote(model_id: ModelIdArgument, data_dir: DataDir = None) -> None:
    """Put a model in use, also where it is not better; `starter` is the one that came with the installation.

    What runs follows within seconds; `postroom model rollback` goes back.
    """
    show(f"{_upper(run(_promote(data_dir, model_id)))} is in use.")


@model.command()
def rollback(data_dir: DataDir = None) -> None:
    """Undo the last promotion; again, the one before that, and so on. What runs follows within seconds."""
    was, now = run(_rollback(data_dir))
    show(f"{_upper(_called(now))} is in use in place of {_called(was)}.")


@model.command()
def history(limit: Newest = 20, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show which model was put in use when, and by whom, newest first."""
    from postroom.cli.store import read
    from postroom.model.trained_model import ModelChange

    found = run(read(data_dir, lambda stores: stores.models.history(limit=limit))).rows
    if as_json:
        show_json_list(ModelChange, found)
        return
    show_table("", ("at", "by", "put in use", "in place of", "how"), map(_change, found))


async def _in_use(data_dir: Path | None) -> "TrainedModel | None":
    from postroom.cli.store import read

    return await read(data_dir, lambda stores: stores.models.in_use())


async def _promote(data_dir: Path | None, model_id: str) -> str:
    from postroom.actions.models import STARTER, promote_model, promote_starter
    from postroom.cli.train_stage import shown, workshop
    from postroom.model.trained_model import ModelId

    async with workshop(data_dir) as shop:
        if model_id == STARTER:
            await promote_starter(shop)
            return _called(None)
        with shown("Judging reviewed mail again") as progress:
            return _called(await promote_model(shop, ModelId(model_id), progress))


async def _rollback(data_dir: Path | None) -> "tuple[TrainedModel | None, TrainedModel | None]":
    from postroom.actions.models import roll_back
    from postroom.cli.train_stage import workshop

    async with workshop(data_dir) as shop:
        return await roll_back(shop)


def _called(one: "TrainedModel | None") -> str:
    return f"{one.name} ({one.id})" if one else "the model that came with the installation (starter)"


def _upper(text: str) -> str:
    # The names of models begin with a small letter.
    return text.replace("the model", "The model", 1)


def _change(one: "ModelChange") -> tuple[str, ...]:
    put, replaced = (name or "starter" for name in (one.model_id, one.replaced))
    how = "rolled back" if one.rolled_back else "promoted"
    return (moment(one.at), one.by, put, "" if one.rolled_back else replaced, how)


def _below(value: "JsonValue", bound: int) -> bool:
    return isinstance(value, int) and value < bound


def _row(one: "TrainedModel") -> tuple[str, ...]:
    from postroom.actions.training_compared import FEWEST

    figures = one.figures
    few = "too few" if _below(figures.get("in_scope"), FEWEST) else ""
    return (
        one.id,
        one.name,
        one.state.value.replace("_", " "),
        moment(one.created_at),
        one.by,
        str(one.examples),
        str(figures.get("held_out", "")),
        few or share(figures.get("accuracy")),
        few or share(figures.get("accuracy_before")),
    )


def share(value: "JsonValue") -> str:
    """Return a share in 0..1 as a percentage, empty for anything else."""
    return f"{value:.1%}" if isinstance(value, int | float) and not isinstance(value, bool) else ""

"""`postroom model`: the versions of the classifier."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import moment, show, show_json, show_json_list, show_table
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.model.trained_model import TrainedModel
    from postroom.model.workflow import JsonValue

model = typer.Typer(help="Trained models: which is in use, and going back to the one before.", no_args_is_help=True)

ModelIdArgument = Annotated[str, typer.Argument(metavar="ID", help="The id of the model.", show_default=False)]


@model.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show models, newest first; where none is in use, the one that came with the installation is."""
    found = run(_list(data_dir, limit))
    if as_json:
        from postroom.model.trained_model import TrainedModel

        show_json_list(TrainedModel, found)
        return
    columns = ("id", "name", "state", "trained at", "by", "examples", "held out", "right", "before")
    show_table("", columns, [_row(one) for one in found])


@model.command("show")
def show_(model_id: ModelIdArgument, data_dir: DataDir = None) -> None:
    """Print a model with everything that was measured of it, as JSON."""
    show_json(run(_get(data_dir, model_id)))


@model.command()
def promote(model_id: ModelIdArgument, data_dir: DataDir = None) -> None:
    """Put a model in use, also where it is not better; what runs follows within seconds."""
    found = run(_promote(data_dir, model_id))
    show(f"{found.name} ({found.id}) is in use.")


@model.command()
def rollback(data_dir: DataDir = None) -> None:
    """Put the model in use again that the present one replaced; what runs follows within seconds."""
    was, now = run(_rollback(data_dir))
    back = f"{now.name} ({now.id})" if now else "The model that came with the installation"
    show(f"{back} is in use in place of {was.name} ({was.id}).")


async def _list(data_dir: Path | None, limit: int) -> "tuple[TrainedModel, ...]":
    from postroom.actions.models import models
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        return (await models(stores, limit=limit)).rows


async def _get(data_dir: Path | None, model_id: str) -> "TrainedModel":
    from postroom.cli.store import opened
    from postroom.model.trained_model import ModelId

    async with opened(data_dir) as (_, stores):
        return await stores.models.get(ModelId(model_id))


async def _promote(data_dir: Path | None, model_id: str) -> "TrainedModel":
    from postroom.actions.models import promote_model
    from postroom.cli.train_stage import shown, workshop
    from postroom.model.trained_model import ModelId

    async with workshop(data_dir) as shop:
        with shown("Judging reviewed mail again") as progress:
            return await promote_model(shop, ModelId(model_id), progress)


async def _rollback(data_dir: Path | None) -> "tuple[TrainedModel, TrainedModel | None]":
    from postroom.actions.models import roll_back
    from postroom.cli.train_stage import workshop

    async with workshop(data_dir) as shop:
        return await roll_back(shop)


def _row(one: "TrainedModel") -> tuple[str, ...]:
    figures = one.figures
    return (
        one.id,
        one.name,
        one.state.value.replace("_", " "),
        moment(one.created_at),
        one.by,
        str(one.examples),
        str(figures.get("held_out", "")),
        share(figures.get("accuracy")),
        share(figures.get("accuracy_before")),
    )


def share(value: "JsonValue") -> str:
    """Return a share in 0..1 as a percentage, empty for anything else."""
    return f"{value:.1%}" if isinstance(value, int | float) and not isinstance(value, bool) else ""

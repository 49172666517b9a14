"""The export that is under way: where it goes, how far it is, and that it can be cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui.context import AppContext
from tui.export.list_file import CannotExport, Order, export, file_of
from tui.http.errors import Trouble
from tui.lists.listing import Listing
from tui.questions import Field, Questions


class Exporter:
    """One export at a time, beside everything else; `folder` is offered for its file."""

    def __init__(self, context: AppContext, questions: Questions, folder: Path) -> None:
        self._context = context
        self._questions = questions
        self._folder = folder
        self.is_exporting = False

    async def export(self, listing: Listing[Any], parameters: Mapping[str, str]) -> None:
        """Ask for a file, then write the list with its filter and its order into it."""
        if self.is_exporting:
            self._context.say("one export is under way; E cancels it", is_bad=True)
            return
        order = await self._order(listing, parameters)
        if order is not None:
            self.is_exporting = True
            try:
                await self._run(order)
            finally:
                self.is_exporting = False

    async def _order(self, listing: Listing[Any], parameters: Mapping[str, str]) -> Order | None:
        """The order for a file that can be made; None where the operator gave up."""
        stamp = self._context.now().strftime("%Y%m%d-%H%M%S")
        typed, problem = str(self._folder / f"{listing.name}-{stamp}.csv"), ""
        while True:
            label = "File: its ending, .csv or .jsonl, chooses the format"
            form = await self._questions.fill(
                f"Export {listing.title}",
                (Field("file", label, typed),),
                go_on="Export",
                problem=problem,
            )
            if form is None or not form["file"].strip():
                return None
            typed = form["file"]
            try:
                order = Order(listing, parameters, file_of(typed))
                order.check()
            except CannotExport as refused:
                problem = str(refused)
            else:
                return order

    async def _run(self, order: Order) -> None:
        say = self._context.say
        with self._context.doing(_progress(order, 0)) as say_how_far:
            try:
                count = await export(
                    self._context.client,
                    order,
                    lambda count: say_how_far(_progress(order, count)),
                )
            except CannotExport as refused:
                say(str(refused), is_bad=True)
            except Trouble as trouble:
                say(f"the export broke off, nothing was written: {trouble.words}", is_bad=True)
            except asyncio.CancelledError:
                say(f"the export to {order.file} was cancelled; nothing was written", is_bad=True)
                raise
            else:
                say(f"{count:,} rows are in {order.file}")


def _progress(order: Order, count: int) -> str:
    return f"exporting {order.listing.title}: {count:,} rows (E cancels)"

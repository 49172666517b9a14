"""Owns the export that is under way: where it goes, how far it is, and that it can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from textual import work
from textual.worker import Worker

from tui.application import Application
from tui.export.list_file import CannotExport, Order, export, file_of
from tui.http.errors import Trouble
from tui.lists.listing import Listing
from tui.screens.dialogs.form import export_form


class Exporter(Application):
    """One export at a time, beside everything else."""

    _export: Worker[None] | None = None

    @property
    def is_exporting(self) -> bool:
        return self._export is not None and self._export.is_running

    def ask_for_export(self, listing: Listing[Any], parameters: Mapping[str, str]) -> None:
        """Ask where to, then carry the list away with its filter and its order."""
        if self.is_exporting:
            self.say("one export is under way; E cancels it", is_bad=True)
        else:
            self._ask_for_file(listing, parameters)

    @work(group="export-form")
    async def _ask_for_file(self, listing: Listing[Any], parameters: Mapping[str, str]) -> None:
        stamp = self.now().strftime("%Y%m%d-%H%M%S")
        typed, problem = str(self.surroundings.exports / f"{listing.name}-{stamp}.csv"), ""
        while True:
            form = await self.answer_to(export_form(listing.title, typed, problem))
            if form is None or not form["file"].strip():
                return
            typed = form["file"]
            try:
                order = Order(listing, parameters, file_of(typed))
                order.check()
            except CannotExport as refused:
                problem = str(refused)
            else:
                self._export = self._run_export(order)
                return

    @work(group="export")
    async def _run_export(self, order: Order) -> None:
        with self.doing(_progress(order, 0)) as say_how_far:
            try:
                count = await export(
                    self.client, order, lambda count: say_how_far(_progress(order, count))
                )
            except CannotExport as refused:
                self.say(str(refused), is_bad=True)
            except Trouble as trouble:
                words = f"the export broke off, nothing was written: {trouble.words}"
                self.say(words, is_bad=True)
            except asyncio.CancelledError:
                self.say(
                    f"the export to {order.file} was cancelled; nothing was written", is_bad=True
                )
                raise
            else:
                self.say(f"{count:,} rows are in {order.file}")

    def action_cancel_export(self) -> None:
        if self.is_exporting and self._export is not None:
            self._export.cancel()
        else:
            self.say("no export is under way")


def _progress(order: Order, count: int) -> str:
    return f"exporting {order.listing.title}: {count:,} rows (E cancels)"

"""Owns the export that is under way: where it goes, how far it is, and that it can be stopped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual import work
from textual.worker import Worker

from tui.desk import Desk
from tui.errors import Trouble
from tui.export import CannotExport, Order, export
from tui.listings.listing import Listing
from tui.screens.dialogs import export_form


class Exporting(Desk):
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

    @work(exclusive=True, group="export-form")
    async def _ask_for_file(self, listing: Listing[Any], parameters: Mapping[str, str]) -> None:
        stamp = self.now().strftime("%Y%m%d-%H%M%S")
        proposed = self.surroundings.exports / f"{listing.name}-{stamp}.csv"
        form = await self.push_screen_wait(export_form(listing.title, proposed))
        if form is not None and form["file"].strip():
            self._export = self._run_export(Order(listing, parameters, _file(form["file"])))

    @work(group="export")
    async def _run_export(self, order: Order) -> None:
        def progress(count: int) -> None:
            self.under_way = f"exporting {order.listing.title}: {count:,} rows (E cancels)"

        progress(0)
        words, is_bad = f"the export to {order.file} was cancelled; nothing was written", True
        try:
            count = await export(self.client, order, progress)
            words, is_bad = f"{count:,} rows are in {order.file}", False
        except CannotExport as refused:
            words = str(refused)
        except Trouble as trouble:
            words = f"the export broke off, nothing was written: {trouble.words}"
        finally:
            self.under_way = ""
            self.say(words, is_bad=is_bad)

    def action_cancel_export(self) -> None:
        if self.is_exporting and self._export is not None:
            self._export.cancel()
        else:
            self.say("no export is under way")


def _file(typed: str) -> Path:
    return Path(typed.strip()).expanduser()

"""Makes the README's picture of the dashboard: `.venv/bin/python docs/dashboard.py`.

It opens the dashboard on the demo's server, waits until keys are being used, and saves what is on
the screen as docs/dashboard.svg.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from api.demo.sandbox import Sandbox, staged
from tui.app import Dashboard
from tui.http.client import Client, connection
from tui.session.session import Surroundings
from tui.session.target import Target

PICTURE = Path(__file__).with_suffix(".svg")
SIZE = (104, 30)
SETTLING_SECONDS = 6
# Whoever looks at the picture need not load a font from elsewhere: any of fixed width will do.
_WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


async def draw(stage: Sandbox) -> None:
    """Save the view of API keys."""
    surroundings = Surroundings(
        connect=lambda url: Client(connection(url)),
        tokens=stage.folder / "tokens",
        preferences=stage.folder / "preferences",
        exports=stage.folder,
    )
    target = Target(stage.url, "demo", api_key=stage.operator_key)
    dashboard = Dashboard(target, surroundings)
    async with dashboard.run_test(size=SIZE) as pilot:
        await pilot.pause(SETTLING_SECONDS)
        await pilot.press("3")
        await pilot.pause(SETTLING_SECONDS)
        picture = dashboard.export_screenshot(title="everruns-auth dashboard")
    # The address of a throw-away server means nothing to the reader.
    picture = picture.replace(stage.url, "http://localhost:9300/api")
    PICTURE.write_text(_WEB_FONT.sub("", picture))


if __name__ == "__main__":
    with staged() as stage:
        asyncio.run(draw(stage))

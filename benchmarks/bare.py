"""The smallest Sanic server: what a request costs when nothing is checked. Not part of the product."""

from __future__ import annotations

import argparse

from sanic import Request, Sanic, json
from sanic.response import JSONResponse

app = Sanic("bare", configure_logging=False)
app.config.update(ACCESS_LOG=False, MOTD=False, AUTO_EXTEND=False)


@app.get("/health")
async def health(_: Request) -> JSONResponse:
    return json({"status": "ok"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--workers", type=int)
    chosen = parser.parse_args()
    Sanic.start_method = "fork"
    app.run("127.0.0.1", chosen.port, workers=chosen.workers, access_log=False, motd=False)

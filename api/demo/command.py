"""`everruns-auth demo`: the dashboard on a throw-away server, or the server alone."""

from __future__ import annotations

import subprocess
import sys
import threading

from api.demo.sandbox import OPERATOR, STOP_SECONDS, DemoFailed, Sandbox, running_sandbox

TROUBLE = 1


def demo(*, port: int, has_dashboard: bool) -> int:
    """Runs the demo until the dashboard is closed, or Ctrl-C; returns the exit status."""
    print("Inventing people, and starting a server for them …", file=sys.stderr)
    try:
        with running_sandbox(port) as sandbox:
            return _open_dashboard(sandbox) if has_dashboard else _only_serve(sandbox)
    except DemoFailed as failed:
        print(f"The demo's server did not start:\n{failed}", file=sys.stderr)
        return TROUBLE
    except KeyboardInterrupt:
        return 0


def _open_dashboard(sandbox: Sandbox) -> int:
    command = [sys.executable, "-P", "-m", "tui", "--url", sandbox.url]
    with subprocess.Popen(command, env=sandbox.environment()) as dashboard:
        try:
            return dashboard.wait()
        except BaseException:
            # The dashboard restores the terminal when it is terminated.
            dashboard.terminate()
            try:
                dashboard.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                dashboard.kill()
            raise


def _only_serve(sandbox: Sandbox) -> int:
    print(f"{sandbox.url}  (sign in as {OPERATOR}, password {sandbox.password})", file=sys.stderr)
    print(
        f"everruns-auth dashboard --url {sandbox.url}  opens the dashboard on it", file=sys.stderr
    )
    print("Ctrl-C ends it and leaves nothing behind.", file=sys.stderr)
    threading.Event().wait()
    return 0

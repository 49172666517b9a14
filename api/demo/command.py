"""`everruns-auth demo`: the dashboard on a throw-away server, or the server alone."""

from __future__ import annotations

import subprocess
import sys
import threading

from api.demo.sandbox import OPERATOR, STOP_SECONDS, DemoFailed, Sandbox, staged

TROUBLE = 1


def demo(*, port: int, has_dashboard: bool) -> int:
    """Run the demo until the dashboard is closed, or Ctrl-C; the exit status."""
    print("Inventing people, and starting a server for them …", file=sys.stderr)
    try:
        with staged(port) as stage:
            return _open_dashboard(stage) if has_dashboard else _only_serve(stage)
    except DemoFailed as failed:
        print(f"The demo's server did not start:\n{failed}", file=sys.stderr)
        return TROUBLE
    except KeyboardInterrupt:
        return 0


def _open_dashboard(stage: Sandbox) -> int:
    command = [sys.executable, "-P", "-m", "tui", "--url", stage.url]
    with subprocess.Popen(command, env=stage.environment()) as dashboard:
        try:
            return dashboard.wait()
        except BaseException:
            # It puts the terminal back as it was.
            dashboard.terminate()
            try:
                dashboard.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                dashboard.kill()
            raise


def _only_serve(stage: Sandbox) -> int:
    print(f"{stage.url}  (sign in as {OPERATOR}, password {stage.password})", file=sys.stderr)
    print(f"everruns-auth dashboard --url {stage.url}  opens the dashboard on it", file=sys.stderr)
    print("Ctrl-C ends it and leaves nothing behind.", file=sys.stderr)
    threading.Event().wait()
    return 0

"""Whether Python found our packages is settled before anything of them runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from api.own_packages import NAMES

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "api/scripts/everruns-auth"
SAID = "our api was run"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """An installation of the packages, of which only the beginning of the commands is real."""
    for name in NAMES:
        _add_package(tmp_path, name)
    (tmp_path / "api" / "console.py").write_text(f"def auth(): print({SAID!r})")
    check = "api/own_packages.py"
    (tmp_path / check).write_bytes((ROOT / check).read_bytes())
    _record(tmp_path, "everruns_auth-0.4.0", *NAMES)
    return tmp_path


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


def test_packages_that_are_ours_alone_are_run(installed: Path) -> None:
    _record(installed, "another-1.0", "another")
    assert _started(installed).stdout.strip() == SAID


@pytest.mark.parametrize("name", NAMES)
def test_a_distribution_that_wrote_into_our_package_is_named(installed: Path, name: str) -> None:
    _record(installed, "another-1.0", name)
    ended = _started(installed)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"{name}: another-1.0 has installed files into {installed}/")


@pytest.mark.parametrize("name", NAMES)
def test_a_package_that_shadows_ours_is_named_and_not_run(
    installed: Path, elsewhere: Path, name: str
) -> None:
    _add_package(elsewhere, name, "print('a stranger was run')")
    ended = _started(elsewhere, installed)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"{name}: {elsewhere / name} is not a part of")


def test_a_module_that_shadows_ours_is_named(installed: Path, elsewhere: Path) -> None:
    (elsewhere / "models.py").touch()
    assert f"models: {elsewhere}/models.py is not" in _started(elsewhere, installed).stderr


def test_a_package_that_is_missing_is_named(installed: Path) -> None:
    (installed / "tui" / "__init__.py").unlink()
    (installed / "tui").rmdir()
    assert _started(installed).stderr.startswith("tui: this package of Everruns Auth is missing")


def test_an_installation_of_links_into_a_cache_is_ours(installed: Path, elsewhere: Path) -> None:
    for file in installed.rglob("*.py"):
        link = elsewhere / file.relative_to(installed)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(file)
    assert _started(elsewhere).stdout.strip() == SAID


def _add_package(folder: Path, name: str, source: str = "") -> None:
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(source)


def _record(folder: Path, distribution: str, *packages: str) -> None:
    info = folder / f"{distribution}.dist-info"
    info.mkdir()
    (info / "RECORD").write_text("".join(f"{name}/__init__.py,,\n" for name in packages))


def _started(*path: Path) -> subprocess.CompletedProcess[str]:
    """`everruns-auth`, run by a Python that looks for packages in `path` first."""
    folders = [str(folder) for folder in path]
    code = f"import sys, runpy; sys.path[:0] = {folders}; runpy.run_path({str(SCRIPT)!r})"
    # `-S`: without the packages of this environment, ours among them.
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )

from __future__ import annotations

import pytest
from grimp import ImportGraph, build_graph


@pytest.fixture(scope="module")
def imports() -> ImportGraph:
    """Every import of ours, those for type checking and those inside of functions too."""
    return build_graph("api", "models", "migrations", "tui")


def test_no_modules_import_each_other_in_a_circle(imports: ImportGraph) -> None:
    circles = []
    for module in imports.modules:
        for imported in imports.find_modules_directly_imported_by(module):
            chain = imports.find_shortest_chain(importer=imported, imported=module)
            circles += [chain] if chain and not _is_way_of_a_package(module, imported) else []
    assert not circles


def _is_way_of_a_package(module: str, imported: str) -> bool:
    """Whether a package names what it is made of, or a part names its package's members."""
    return imported.startswith(f"{module}.") or module.startswith(f"{imported}.")

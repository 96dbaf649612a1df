"""Every example in the documentation runs: docstrings, native ones included, and `docs/python.md`."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import minbrain

ROOT = Path(__file__).parents[3]
PAGES = ["docs/python.md", "crates/minbrain-python/README.md"]


def modules() -> list[str]:
    return ["minbrain"] + [
        found.name
        for found in pkgutil.walk_packages(minbrain.__path__, "minbrain.")
        if not found.name.endswith("_minbrain")
    ]


@pytest.mark.parametrize("name", modules())
def test_the_examples_of_a_module(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name), report=True).failed == 0


def test_what_people_use_has_an_example() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    shown = {test.name for test in finder.find(minbrain, "minbrain") if test.examples}
    calls = ("decide", "accompany", "learn", "watch", "recall")
    expected = {"minbrain", "minbrain.Brain", "minbrain.MinimalBrain"}
    assert expected | {f"minbrain.Brain.{call}" for call in calls} <= shown


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)
    assert blocks, f"{page} has no example"
    for block in blocks:
        exec(compile(block, page, "exec"), {"__name__": page})

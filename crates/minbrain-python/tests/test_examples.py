"""The examples run, each in a short form; the notebook as it stands."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cartpole.py 300", "start 4: balanced for "),
        ("own_loop.py 1", "100 ticks at 100 Hz; "),
        ("imitation.py 1", "its teacher: "),
        ("dynamics.py Reacher-v5 200", "step    200: error "),
    ],
)
def test_an_example_runs(words: str, expected: str) -> None:
    script, *arguments = words.split()
    line = [sys.executable, str(ROOT / "examples/python" / script), *arguments]
    run = subprocess.run(line, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert expected in run.stdout


def test_the_notebook_runs_and_shows_what_it_drew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    cells = json.loads((ROOT / "examples/python/looking_inside.ipynb").read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    drawn = [out for cell in code for out in cell["outputs"] if "image/png" in out.get("data", {})]
    assert len(drawn) == 3
    names: dict[str, object] = {}
    for cell in code:
        exec("".join(cell["source"]), names)


def test_cartpole_is_twenty_lines() -> None:
    text = (ROOT / "examples/python/cartpole.py").read_text()
    code = [line for line in text.split('"""')[2].splitlines() if line.strip()]
    assert len(code) <= 20

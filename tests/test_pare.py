"""Of Pico CSS only the rules stay that pages use."""

import runpy
from pathlib import Path

import pytest

pared = runpy.run_path(str(Path(__file__).parents[1] / "setup" / "pare.py"))["pared"]


@pytest.mark.parametrize(
    ("css", "left"),
    [
        ("a{color:red}", "a{color:red}"),
        ("dialog{color:red}a{color:red}", "a{color:red}"),
        ("a,.dropdown a,b{color:red}", "a,b{color:red}"),
        (
            "input:not([type=checkbox],[type=range]){width:100%}",
            "input:not([type=checkbox],[type=range]){width:100%}",
        ),
        ("@media print{dialog{top:0}}", ""),
        ("@media print{dialog{top:0}a{top:0}}", "@media print{a{top:0}}"),
        ("@keyframes turn{to{rotate:1turn}}", "@keyframes turn{to{rotate:1turn}}"),
    ],
)
def test_rules_that_no_page_uses_are_left_out(css: str, left: str) -> None:
    assert pared(css) == left

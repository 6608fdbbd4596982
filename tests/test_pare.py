"""Of Pico CSS only the rules stay that pages use, and pages use none of the others."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pared = runpy.run_path(str(ROOT / "setup" / "pare.py"))["pared"]

LEFT_OUT = re.compile(
    r"<(dialog|progress|hgroup|figure|figcaption|kbd|blockquote|audio|video|canvas|samp|ins|del|sub|sup|h5|h6|tfoot)\b"
    r'|type="?(color|range|reset|month|week|datetime-local)\b|role="?(switch|button|link)\b|aria-invalid="?false'
    r'|data-(theme|tooltip)|dir="?rtl|aria-label="?breadcrumb'
    r'|class="([^"]*\s)?(container|container-fluid|grid|striped|outline|contrast|dropdown|overflow-auto|modal-\w+)[\s"]'
)


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
        (":where(a,[role=link]):hover{top:0}", ":where(a,[role=link]):hover{top:0}"),
        ("@media print{dialog{top:0}}", ""),
        ("@media print{dialog{top:0}a{top:0}}", "@media print{a{top:0}}"),
        ("@keyframes turn{to{rotate:1turn}}", "@keyframes turn{to{rotate:1turn}}"),
        ("/*! Whose it is */:host,:root{top:0}", "/*! Whose it is */:root{top:0}"),
        ("[data-theme=dark]{top:0}:root:not([data-theme]){top:1}", ":root:not([data-theme]){top:1}"),
    ],
)
def test_rules_that_no_page_uses_are_left_out(css: str, left: str) -> None:
    assert pared(css) == left


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (":root{--a:1;--b:url(x;y);top:0}b{top:var(--a)}", ":root{--a:1;top:0}b{top:var(--a)}"),
        (":root{--a:1;--b:var(--a)}", ""),
        (":root{--mine:1}b{--mine:2;top:var(--mine)}", "b{--mine:2;top:var(--mine)}"),
        (":root{--read:1}", ":root{--read:1}"),
    ],
)
def test_variables_that_nobody_reads_or_that_we_set_in_any_case_are_left_out(css: str, left: str) -> None:
    assert pared(css, ":root { --mine: 3; }\nb { top: var(--read); }") == left


def test_no_page_uses_what_is_left_out() -> None:
    pages = [each for each in (ROOT / "templates").rglob("*.html") if "letters" not in each.parts]
    assert len(pages) > 50
    found = {str(each): used[0] for each in pages if (used := LEFT_OUT.search(each.read_text()))}
    assert found == {}


def test_our_style_sheets_read_no_variable_that_was_left_out() -> None:
    ours = "".join(each.read_text() for each in (ROOT / "static" / "css").glob("*.css"))
    known = set(re.findall(r"(--pico-[\w-]+):", ours + (ROOT / "static/vendor/pico.min.css").read_text()))
    assert set(re.findall(r"var\((--pico-[\w-]+)", ours)) <= known

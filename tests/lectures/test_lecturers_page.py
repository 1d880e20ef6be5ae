"""The lecturers' page keeps to the notebooks: their sections, their minutes, and a plan that adds up."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
PAGE = (ROOT / "notebooks" / "lectures" / "README.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def headings(path, pattern):
    cells = nbformat.read(path, as_version=4).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(rf"^{pattern} (.+?)\s*$", text, re.MULTILINE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_minutes_of_all_sections_add_up_to_those_of_the_notebook(path):
    number = int(path.stem[:2])
    row = rf"^\| \[{number}\]\(\.\./{path.name}\) \| (.+) \| (\d+) \|$"
    sections, total = re.search(row, PAGE, re.MULTILINE).groups()
    names, minutes = zip(*(section.rsplit(" ", 1) for section in sections.split(" · ")))
    assert list(names) == ["Opening", *headings(path, "##")]
    assert sum(map(int, minutes)) == int(total)
    assert re.search(rf"\({re.escape(f'notebooks/{path.name}')}\).* \| {total} \|$", README, re.MULTILINE)


def test_each_of_four_sessions_fits_into_its_minutes():
    sessions = re.findall(r"^\| \*\*\d\. .+?\*\* \| (.+?) \| .+ \|$", PAGE, re.MULTILINE)
    assert len(sessions) == 4
    assert [sum(map(int, re.findall(r"(?:^| · )(\d+): ", each))) for each in sessions] == [84] * 4


def test_answers_point_to_sections_that_are_there():
    pointers = re.findall(r'[Nn]otebook\s+(\d+),\s+"([^"]+)"', PAGE)
    assert len(pointers) >= 10
    for number, section in pointers:
        assert " ".join(section.split()) in headings(NOTEBOOKS[int(number) - 1], "###?")


def test_the_pairs_are_those_that_the_notebooks_name():
    listed = re.search(r"pairs, by notebook and exercise: (.+?)\.\n", PAGE, re.DOTALL).group(1)
    named = [
        f"{number}.{exercise}"
        for number, path in enumerate(NOTEBOOKS, 1)
        for cell in nbformat.read(path, as_version=4).cells
        for exercise in re.findall(r"^(?:\*\*|### )(\d)\. .*\*\(pair\)\*", cell.source, re.MULTILINE)
    ]
    assert re.split(r",\s+", listed) == named

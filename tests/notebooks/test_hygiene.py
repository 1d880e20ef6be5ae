"""What makes a stored notebook one of the series: its parts in order, links that resolve, pictures with alt text."""

import ast
import re

import nbformat
import pytest

import nnlib
from nnlib.notebook import ALT_WORDS

SERIES = [
    "01_neuron",
    "02_activation_functions",
    "03_network_architecture",
    "04_forward_propagation",
    "05_loss_functions",
    "06_backpropagation",
    "07_gradient_descent",
    "08_neural_network_class",
    "09_training_on_mnist",
    "10_cnn_concepts",
    "11_summary",
]
LAST = len(SERIES)


@pytest.fixture
def number(notebook_path):
    """The notebook's place in the series, from 1 on."""
    return SERIES.index(notebook_path.stem) + 1


@pytest.fixture
def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture
def text(notebook):
    """All of the prose, without code blocks."""
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.sub(r"^```.*?^```", "", prose, flags=re.MULTILINE | re.DOTALL)


def every_output(code_cells):
    return [output for cell in code_cells for output in cell.outputs]


def tags(cell):
    return cell.metadata.get("tags", [])


def title_of(path):
    return nbformat.read(path, as_version=4).cells[0].source.splitlines()[0].removeprefix("# ")


# The series


def test_the_eleven_notebooks_are_there(root):
    assert sorted(path.stem for path in (root / "notebooks").glob("*.ipynb")) == SERIES


def test_readme_lists_each_notebook_with_its_title_and_minutes(notebook_path, text, number, root):
    title = title_of(notebook_path).removeprefix(f"{number}. ")
    minutes = re.search(r"About (\d+) minutes", text).group(1)
    readme = (root / "README.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| {number} \|.*$", readme, re.MULTILINE).group()
    assert row.startswith(f"| {number} | [{title}](notebooks/{notebook_path.name}) |")
    assert row.endswith(f"| {minutes} |")


# Anatomy


def test_title_has_the_number(notebook, number):
    assert re.match(rf"# {number}\. \S", notebook.cells[0].source)


def test_navigation_line(notebook_path, text, number):
    line = next((line for line in text.splitlines() if "](../README.md" in line), "")
    links = re.findall(r"\[([^\]]+)\]\(([^)#]+)[^)]*\)", line)
    expected = ["../README.md"]
    if number > 1:
        expected.insert(0, f"{SERIES[number - 2]}.ipynb")
    if number < LAST:
        expected.append(f"{SERIES[number]}.ipynb")
    assert [target for _, target in links] == expected, f"navigation line: {line!r}"
    for name, target in links:
        if target == "../README.md":
            assert name == "contents"
        else:
            arrow = "← {}" if target < f"{SERIES[number - 1]}" else "{} →"
            assert name == arrow.format(title_of(notebook_path.with_name(target))), f"navigation line: {line!r}"


def test_frame(text, number):
    bullets = re.search(r"You will be able to[^\n]*\n+((?:[-*] .+(?:\n  .+)*\n)+)", text)
    assert bullets, "no list after 'You will be able to'"
    assert 3 <= len(re.findall(r"^[-*] ", bullets.group(1), re.MULTILINE)) <= 5
    assert "You need" in text
    assert re.search(r"About \d+ minutes", text)
    assert ("Where to go next" if number == LAST else "Next:") in text


def test_sections(text):
    sections = re.findall(r"^## (.+?)\s*$", text, re.MULTILINE)
    assert [name for name in sections if name in ("Exercises", "Check yourself", "Summary")] == [
        "Exercises",
        "Check yourself",
        "Summary",
    ]
    assert sections.index("Exercises") >= 4, "fewer than four sections before the exercises"
    assert len(re.findall("^# ", text, re.MULTILINE)) == 1, "one title only"


def test_first_code_cell_imports_and_nothing_else(code_cells):
    statements = ast.parse(code_cells[0].source).body
    style = 'plt.style.use("nnlib.series")'
    assert ast.unparse(statements[-1]) == ast.unparse(ast.parse(style).body[0]), f"it ends in {style}"
    assert all(isinstance(each, ast.Import | ast.ImportFrom) for each in statements[:-1])
    lines = [line for line in code_cells[0].source.splitlines() if line.strip()]
    assert len(lines) <= 9, "at most eight lines of imports, filled"


def test_three_predictions_take_an_answer(notebook):
    taken = 0
    for prompt, cell in zip(notebook.cells, notebook.cells[1:]):
        if re.search(r"^\*\*Predict\.\*\*", prompt.source, re.MULTILINE):
            assert re.fullmatch(r'predict\("[\w-]+"\)', cell.source), f"no predict(…) after:\n{prompt.source}"
            taken += 1
    assert taken >= 3


# Practice


def test_recall_at_the_start_and_questions_at_the_end(code_cells, number):
    sources = [cell.source for cell in code_cells]
    assert sources[1] == f"recall({number})"
    assert f"check_yourself({number})" in sources


def test_each_stub_is_followed_by_its_check_and_folded_solution(notebook):
    exercises = [i for i, cell in enumerate(notebook.cells) if "exercise" in tags(cell)]
    assert exercises, "no cell tagged exercise"
    for i in exercises:
        stub, checks, solution = notebook.cells[i : i + 3]
        assert "check" in tags(checks), f"no cell tagged check after:\n{stub.source}"
        assert all(re.fullmatch(r'check\("\w+", \w+\)', line) for line in checks.source.splitlines()), checks.source
        assert "Not yet" in checks.outputs[0].text
        assert re.search(r"<details><summary>Solution</summary>\n\n(?:.*\n)*?```python\n", solution.source), stub.source


# Lectures


def test_every_cell_has_a_slide_type(notebook):
    for cell in notebook.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        # "" goes on on the same slide; with nbconvert's other word for that, "-", jupyterlab-slideshow hides the cell.
        assert kind in ("slide", "subslide", "fragment", "", "skip", "notes"), f"{kind}: {cell.source}"
        if kind == "notes":
            fold = r"<details><summary>For lecturers</summary>\n\n\d+ minutes?\b(?:.|\n)+\n\n</details>"
            assert re.fullmatch(fold, cell.source), cell.source


# Links


def test_relative_links_resolve(notebook_path, text):
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"""(?:href|src)=["']([^"']+)["']""", text)
    headings = {re.sub(r"\s", "-", each.strip()) for each in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for target in targets:
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        path, _, anchor = target.partition("#")
        if path:
            assert (notebook_path.parent / path).exists(), f"broken link: {target}"
        else:
            assert anchor in headings, f"no heading for #{anchor}"


# Code


def test_every_code_cell_is_short_and_bare(code_cells):
    for cell in code_cells:
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert 1 <= len(lines) <= 25, f"{len(lines)} lines:\n{cell.source}"
        long = [line for line in lines if len(line) > 120 and "alt=" not in line and not line.lstrip().startswith('"')]
        assert not long, f"longer than 120: {long}"
        assert not lines[-1].rstrip().endswith(";"), f"trailing semicolon:\n{cell.source}"
        assert not re.search(r"^\s*[%!]", cell.source, re.MULTILINE), f"a magic or shell command:\n{cell.source}"
        assert "filterwarnings" not in cell.source
        assert not re.search(r"""["'][-=*#~_]+["']\s*\*|["'][-=*#~_]{8,}""", cell.source), f"a banner:\n{cell.source}"


def test_nothing_of_nnlib_is_defined_again(code_cells):
    public = set(nnlib.__all__)
    for cell in code_cells:
        nodes = list(ast.walk(ast.parse(cell.source)))
        methods = {each for node in nodes if isinstance(node, ast.ClassDef) for each in node.body}
        defined = {
            node.name if hasattr(node, "name") else node.id
            for node in nodes
            if (isinstance(node, ast.FunctionDef | ast.ClassDef) and node not in methods)
            or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        }
        assert not defined & public, f"{defined & public} has its place in nnlib:\n{cell.source}"


# Outputs


def test_runs_are_in_order(code_cells):
    assert [cell.execution_count for cell in code_cells] == list(range(1, len(code_cells) + 1))


def test_no_error_and_no_stderr(code_cells):
    for output in every_output(code_cells):
        assert output.output_type != "error", output.get("evalue")
        assert output.get("name") != "stderr", output.get("text")


def test_every_picture_has_alt_text(code_cells):
    fewest, most = ALT_WORDS
    for output in every_output(code_cells):
        if any(kind.startswith("image/") for kind in output.get("data", {})):
            alt = output.metadata.get("image/png", {}).get("alt", "")
            assert output.data.get("text/plain") == alt, f"alt {alt!r}, text {output.data.get('text/plain')!r}"
            assert fewest <= len(alt.split()) <= most, f"{len(alt.split())} words: {alt}"


def test_no_path_of_one_machine(notebook):
    unix, windows = r"(?<![\w./])/(?:home|root|tmp|work|Users|var|opt|private|mnt)/", r"\b[A-Z]:\\\\?(?:Users|Program)"
    machine = re.compile(f"{unix}|{windows}")
    for cell in notebook.cells:
        texts = [cell.source]
        for output in cell.get("outputs", []):
            texts.append(output.get("text", ""))
            texts += [str(value) for kind, value in output.get("data", {}).items() if not kind.startswith("image/")]
        for each in texts:
            assert not machine.search(each), each


def test_what_is_not_compared_is_asserted(code_cells):
    for cell, following in zip(code_cells, [*code_cells[1:], None]):
        if "nbval-ignore-output" in tags(cell):
            assert following and re.search(r"^\s*assert ", following.source, re.MULTILINE), (
                f"no assert in the code cell after:\n{cell.source}"
            )


# The file


def test_file_is_valid_and_plain(notebook):
    nbformat.validate(notebook)
    assert notebook.nbformat == 4 and notebook.nbformat_minor >= 5
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}, "metadata to be cleared by the refresh command"
    assert {key for cell in notebook.cells for key in cell.metadata} <= {"tags", "slideshow"}
    known = {"nbval-ignore-output", "nbval-skip", "exercise", "check", "hide-input"}
    assert {tag for cell in notebook.cells for tag in tags(cell)} <= known

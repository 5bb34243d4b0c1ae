"""The build notices text in figures that hardly stands out."""

import pytest
from text_contrast import REPORT, watch


@pytest.mark.parametrize(
    ("colour", "behind", "found"),
    [
        ("#222222", "white", None),
        ("#777777", "white", "light: 4.48:1"),
        ("#222222", "#808fa6", "'some words' dark: "),  # only as the theme turns it
        ("#eeeeee", "#0072b2", "light: 4.47:1"),
    ],
)
def test_faint_text_is_written_down(colour, behind, found, tmp_path, monkeypatch):
    figure = pytest.importorskip("matplotlib.figure").Figure()
    report = tmp_path / "report"
    monkeypatch.setenv(REPORT, str(report))
    watch(figure)
    axes = figure.subplots()
    axes.set_title("The title")
    axes.set_facecolor(behind)
    axes.text(0.4, 0.5, "some words", color=colour)
    figure.savefig(tmp_path / "figure.png")
    if found is None:
        assert not report.exists()
    else:
        assert "'The title': 'some words' " in report.read_text()
        assert found in report.read_text()

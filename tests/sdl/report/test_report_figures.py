from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from report_course import CAMPAIGN, SCENARIOS, Course

from sdl.engine.experiment import CULTURE_PHASE as ENGINE_CULTURE_PHASE
from sdl.report.culture import CULTURE_PHASE
from sdl.report.figures import (
    Figure,
    Nothing,
    draw_best_so_far,
    draw_culture_trends,
    draw_model_fit,
    draw_parallel,
    draw_parity,
    parity_of,
    placeholder,
)
from sdl.report.figures.parallel import coordinates_of
from sdl.report.gathering import Findings
from sdl.report.outcomes import in_order_of_end
from sdl.result import CampaignResult
from sdl.store import CampaignState, Store, read_series

FindingsOf = Callable[[str], Findings]


def drawn(figure: Figure | Nothing) -> Figure:
    assert not isinstance(figure, Nothing), figure
    return figure


def trace(figure: Figure, name: str) -> dict[str, Any]:
    return next(one for one in figure["data"] if one["name"] == name)


def axes(figure: Figure) -> Iterator[dict[str, Any]]:
    return (one for key, one in figure["layout"].items() if key.startswith(("xaxis", "yaxis")))


def test_best_so_far_is_the_states_history(state: CampaignState) -> None:
    figure = drawn(draw_best_so_far(state))
    order = [one.id for one in in_order_of_end(state)]
    assert order == list(state.experiments)  # in this course they end one after the other
    steps = trace(figure, "best so far")["y"]
    assert steps == [None, 2.5, 2.5, 2.5, 3.0, 3.0, 3.0, 3.0]
    assert list(dict.fromkeys(step for step in steps if step)) == [v for _, v in state.best_history]
    assert trace(figure, "met every limit")["ids"] == ["E0002", "E0005", "E0006"]
    assert trace(figure, "met every limit")["y"] == [2.5, 3.0, 2.8]
    assert trace(figure, "missed a limit")["ids"] == ["E0001", "E0003"]
    failed = trace(figure, "failed, no result")
    assert failed["ids"] == ["E0004", "E0007", "E0008"]
    assert max(failed["y"]) < min(trace(figure, "missed a limit")["y"])


def test_classes_differ_in_shape_and_colour(state: CampaignState) -> None:
    markers = [one["marker"] for one in drawn(draw_best_so_far(state))["data"] if "marker" in one]
    assert len({marker["symbol"] for marker in markers}) == len(markers) == 3
    assert len({marker["color"] for marker in markers}) == 3


def test_rounds_are_bands_that_hold_their_experiments(state: CampaignState) -> None:
    figure = drawn(draw_best_so_far(state))
    band = next(one for one in figure["layout"]["shapes"] if one["type"] == "rect")
    assert (band["x0"], band["x1"]) == (0.5, 3.5)
    words = [one["text"] for one in figure["layout"]["annotations"]]
    assert words == ["round 1", "round 2", "centre recipe<br>2 g/L<br>missed viability"]


def test_many_rounds_keep_their_labels_apart(tmp_path: Path) -> None:
    course = Course()
    course.rounds = [course.rounds[0][1:2] for _ in range(30)]
    db = course.write(tmp_path / "sdl.db")
    figure = drawn(draw_best_so_far(CampaignResult(str(db), CAMPAIGN).state()))
    words = [one["text"] for one in figure["layout"]["annotations"]]
    assert words == [str(number) for number in range(1, 31, 3)]


def test_a_minimised_output_steps_down(tmp_path: Path) -> None:
    course = Course()
    course.file["outputs"]["titer"]["goal"] = "minimize"
    state = CampaignResult(str(course.write(tmp_path / "sdl.db")), CAMPAIGN).state()
    steps = trace(drawn(draw_best_so_far(state)), "best so far")["y"]
    assert steps == [None, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5]


def test_parity_has_the_predicted_experiments_only(state: CampaignState) -> None:
    titer, viability = parity_of(state)
    assert titer.output == "titer"
    assert [(p.experiment, p.predicted["mean"], p.measured) for p in titer.points] == [
        ("E0005", 2.9, 3.0),
        ("E0006", 4.0, 2.8),
    ]
    assert titer.n_inside == 1
    assert titer.rmse == pytest.approx(((0.1**2 + 1.2**2) / 2) ** 0.5)
    assert viability.n_inside == 2


def test_a_failed_experiment_is_no_point_of_parity(
    result_of: Callable[[str], CampaignResult],
) -> None:
    state = result_of("finished").state()
    state.experiments["E0004"].outputs = {"titer": 9.0}  # measured before it failed
    assert [p.experiment for p in parity_of(state)[0].points] == ["E0005", "E0006"]


def test_parity_draws_intervals_and_states_their_coverage(state: CampaignState) -> None:
    figure = drawn(draw_parity(state))
    inside, outside = figure["data"][0], figure["data"][1]
    assert (inside["ids"], outside["ids"]) == (["E0005"], ["E0006"])
    assert inside["marker"]["symbol"] != outside["marker"]["symbol"]
    assert outside["error_x"]["array"] == [pytest.approx(0.5)]
    assert outside["error_x"]["arrayminus"] == [pytest.approx(0.5)]
    words = [one["text"] for one in figure["layout"]["annotations"]]
    assert words[0].startswith("1 of 2 (50 %) within their 90 % interval; RMSE 0.8515 g/L")
    assert "limit 70 %" in words
    assert [one["showlegend"] for one in figure["data"]] == [True, True, False]


def test_model_fit_is_per_round_and_shows_a_negative_r2(state: CampaignState) -> None:
    figure = drawn(draw_model_fit(state))
    r2, coverage = (one for one in figure["data"] if one["name"] == "titer")
    assert (r2["x"], r2["y"]) == ([2], [-0.5])
    assert coverage["y"] == [1.0]
    assert figure["layout"]["yaxis"]["range"][0] < -0.5


def test_parallel_lines_go_through_the_values(state: CampaignState) -> None:
    figure = drawn(draw_parallel(state))
    assert [one["name"] for one in figure["data"]] == [
        "missed a limit (E0003)",
        "met every limit (2)",
        "centre recipe (E0001)",
        "best (E0005)",
    ]
    best = figure["data"][-1]
    # medium rich (upper half), pH 7.1 of 6.8..7.3, warmth 35 at its foot, titer 3 of 2..9
    assert best["y"][1:4] == [
        pytest.approx(0.6),
        pytest.approx(0.0),
        pytest.approx(1 / 7, abs=1e-4),
    ]
    assert 0.5 < best["y"][0] < 1.0
    assert best["y"][4] is None
    assert "dash" in figure["data"][0]["line"]
    medium = coordinates_of(state)[0]
    assert [words for _, words in medium.ticks] == ["basal", "rich"]


def test_of_very_many_lines_an_even_choice_is_drawn(tmp_path: Path) -> None:
    course = Course()
    course.rounds = [course.rounds[0][2:] * 450]
    course.has_readings = False
    db = course.write(tmp_path / "sdl.db")
    figure = drawn(draw_parallel(CampaignResult(str(db), CAMPAIGN).state()))
    (infeasible,) = figure["data"]
    assert infeasible["name"] == "missed a limit (150 of 450)"
    assert infeasible["x"].count(None) == 150


def test_trends_show_both_cultures_with_units_and_assays(findings_of: FindingsOf) -> None:
    findings = findings_of("finished")
    assert [(one.experiment, one.role) for one in findings.cultures] == [
        ("E0005", "best"),
        ("E0001", "centre recipe"),
    ]
    figure = drawn(draw_culture_trends(findings.cultures))
    titles = [one["text"] for one in figure["layout"]["annotations"]]
    assert titles[:4] == [
        "<b>temperature (°C)</b>",
        "<b>raman glucose (mmol/L)</b>",
        "<b>titer, assay (g/L)</b>",
        "<b>viability, assay (%)</b>",
    ]
    glucose = [one for one in figure["data"] if one["xaxis"] == "x2"]
    assert {one["mode"] for one in glucose} == {"lines", "markers"}
    point = next(one for one in glucose if one["mode"] == "markers")
    assert (point["x"], point["y"]) == ([14.0], [18.0])
    bottom = [one["title"]["text"] for one in axes(figure) if one["title"]["text"]]
    assert bottom == ["day of culture", "day of culture"]


def test_trends_follow_the_store_and_keep_gaps(
    findings_of: FindingsOf, result_of: Callable[[str], CampaignResult]
) -> None:
    figure = drawn(draw_culture_trends(findings_of("finished").cultures))
    line = figure["data"][0]
    with Store.open(result_of("finished").db, read_only=True) as store:
        series = read_series(store, CAMPAIGN, "E0005", "temperature")
    usable = series.values[series.quality < 2]
    shown = [value for value in line["y"] if value is not None]
    assert len(shown) <= 1010
    assert max(shown) == pytest.approx(usable.max(), rel=1e-4)
    assert min(shown) == pytest.approx(usable.min(), rel=1e-4)
    breaks = [at for at, value in enumerate(line["x"]) if value is None]
    assert len(breaks) == 2
    silent, bad = ((line["x"][at - 1], line["x"][at + 1]) for at in breaks)
    assert silent == (pytest.approx(500 / 144, abs=0.02), pytest.approx(600 / 144, abs=0.02))
    assert bad[0] < 900 / 144 < bad[1]
    assert line["connectgaps"] is False


def test_readings_that_are_not_good_are_told_apart(findings_of: FindingsOf) -> None:
    figure = drawn(draw_culture_trends(findings_of("finished").cultures))
    uncertain = trace(figure, "uncertain reading")
    assert len(uncertain["x"]) == 10
    assert uncertain["x"][0] == pytest.approx(1200 / 144, abs=1e-3)
    bad = next(one for one in figure["data"] if one["name"].startswith("bad reading"))
    assert len(bad["x"]) == 5
    assert uncertain["marker"]["symbol"] != bad["marker"]["symbol"]


def test_phases_are_bands_and_have_names(findings_of: FindingsOf) -> None:
    figure = drawn(draw_culture_trends(findings_of("finished").cultures))
    bands = [one for one in figure["layout"]["shapes"] if one.get("yref") == "y domain"]
    band = next(one for one in bands if one["type"] == "rect")
    assert band["x0"] == pytest.approx(7.0)
    assert next(one for one in bands if one["type"] == "line")["x0"] == pytest.approx(7.0)
    names = {one["label"]["text"] for one in figure["layout"]["shapes"] if "label" in one}
    assert names == {"growth", "production"}


def test_days_count_as_the_engine_counts_them() -> None:
    assert CULTURE_PHASE == ENGINE_CULTURE_PHASE


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_figure_is_plain_json_with_titled_axes(
    findings_of: FindingsOf, scenario: str
) -> None:
    findings = findings_of(scenario)
    state = findings.state
    for one in (
        draw_best_so_far(state),
        draw_parity(state),
        draw_model_fit(state),
        draw_culture_trends(findings.cultures),
        draw_parallel(state),
    ):
        figure = placeholder(one) if isinstance(one, Nothing) else one
        assert json.loads(json.dumps(figure, allow_nan=False)) == figure
        if isinstance(one, Nothing):
            assert one.why.endswith(".")
            assert figure["layout"]["annotations"][0]["text"] == one.why


def test_axes_have_units(state: CampaignState) -> None:
    for one in (draw_best_so_far(state), draw_parity(state), draw_model_fit(state)):
        for axis in axes(drawn(one)):
            assert axis["title"]["text"]
    assert drawn(draw_best_so_far(state))["layout"]["yaxis"]["title"]["text"] == "titer (g/L)"
    titles = {axis["title"]["text"] for axis in axes(drawn(draw_parity(state)))}
    assert {"predicted titer (g/L)", "measured viability (%)"} <= titles

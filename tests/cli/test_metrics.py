"""Measurements and costs: times as people write them, a plot in the terminal, numbers for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doboto.cli.output.table import draw_plot, tabulate_metrics
from doboto.sim import ManualClock

from .conftest import NEW, Doboto

NOW = 1790000000.0


@pytest.fixture
def measured(served: Doboto, doboto_server: Any, monkeypatch: pytest.MonkeyPatch) -> Doboto:
    """A Droplet that has run for two hours."""
    clock = ManualClock(NOW - 7200)
    doboto_server.simulator.use_clock(clock)
    served.ok("-q", "droplet", "create", "web", *NEW, "--monitoring")
    clock.advance(7200)
    monkeypatch.setattr("doboto._io.clock.SystemClock.time", lambda _: NOW)
    return served


METRIC = ("monitoring", "droplet-metric-info", "web", "--metric")


def test_the_last_hour_is_drawn_unless_asked_otherwise(measured: Doboto) -> None:
    lines = measured.ok(*METRIC, "load_1").out.splitlines()
    assert lines[0].split() == ["SERIES", "MINIMUM", "MEAN", "MAXIMUM", "LAST", "PLOT"]
    plot = lines[1].split()[-1]
    assert len(plot) > 10
    assert set(plot) <= set("▁▂▃▄▅▆▇█")
    modes = [line.split()[1] for line in measured.ok(*METRIC, "cpu").out.splitlines()[1:]]
    assert {"idle", "user", "system"} <= set(modes)


def test_no_measurements_are_said_to_be_none(measured: Doboto) -> None:
    done = measured.ok(*METRIC, "load_1", "--start", "2020-01-01", "--end", "2020-01-02")
    assert done.err.startswith("no measurements in that time; most metrics need the agent")
    assert measured.ok("-q", *METRIC, "load_1", "--start", "2020-01-01", "--end", "2020-01-02").err == ""


@pytest.mark.parametrize(("start", "end", "wanted"), [
    ("-1h", "now", (NOW - 3600, NOW)), ("-90m", "-30m", (NOW - 5400, NOW - 1800)), ("-0.5h", "now", (NOW - 1800, NOW)),
    ("2026-09-21T13:00:00Z", "2026-09-21T15:10:00+01:00", (1789995600, 1789999800)),
    ("2026-09-21 13:00", "2026-09-21", None), (str(NOW - 60), str(NOW), (NOW - 60, NOW)),
])  # fmt: skip
def test_times_are_written_in_several_ways(
    measured: Doboto, doboto_server: Any, start: str, end: str, wanted: tuple[float, float] | None
) -> None:
    done = measured(*METRIC, "load_1", "--start", start, "--end", end, "-o", "json")
    if wanted is None:
        assert done.code == 2, "the end is before the start"
        return
    times = [time for one in done.json for time, _ in one["values"]]
    assert all(wanted[0] - 300 <= time <= wanted[1] + 300 for time in times)
    sent = [one for one in doboto_server.simulator.log.entries() if "metrics" in one.path]
    assert sent


@pytest.mark.parametrize("text", ["yesterday", "-1y", "1h", "", "nan", "-5", "2026-13-01", "inf", "--1h"])
def test_time_that_is_none_is_refused(measured: Doboto, text: str) -> None:
    message = measured.refused(2, "usage", *METRIC, "load_1", "--start", text)["message"]
    assert "(-1h, 2026-11-26T10:30:00Z, or seconds since 1970)" in message


def test_programs_get_numbers(measured: Doboto) -> None:
    series = measured.ok(*METRIC, "load_1", "-o", "json").json
    assert all(len(pair) == 2 for one in series for pair in one["values"])
    assert "▁" not in json.dumps(series, ensure_ascii=False)


def test_plot_in_an_encoding_without_blocks_is_ascii(measured: Doboto) -> None:
    out = measured.as_process.ok(
        *METRIC, "load_1", "--start", str(NOW - 3600), "--end", str(NOW), PYTHONIOENCODING="ascii"
    ).out
    assert out.isascii()
    assert set(out.splitlines()[1].split()[-1]) <= set("_.-=+*#@")


def test_plot_goes_from_low_to_high_and_leaves_gaps() -> None:
    assert draw_plot([(0, 0), (1, 1), (2, 2), (3, 7)], 4) == "▁▂▃█"
    assert draw_plot([(0, 5)], 40) == "▁"
    assert draw_plot([(0, 1), (1, 1), (2, 1), (30, 1)], 4) == "▁  ▁"


def test_counter_is_shown_as_its_rate_and_a_reboot_is_no_rate() -> None:
    series = {"metric": {"mode": "idle"}, "values": [[0, "0"], [60, "30"], [120, "90"], [180, "6"], [240, "36"]]}
    _, [row] = tabulate_metrics([series])
    assert row[:5] == ["mode idle (%)", "50", "66.67", "100", "50"]


@pytest.mark.parametrize("values", [[], [[1, "NaN"]], [[1, "+Inf"]]])
def test_series_without_numbers_is_empty(values: list[Any]) -> None:
    _, [row] = tabulate_metrics([{"metric": {}, "values": values}])
    assert row == ["value", "", "", "", "", ""]


# -- costs


def test_costs_are_summed_by_kind(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web-1", "web-2", *NEW, "--backups", "--wait")
    simulated.ok("-q", "volume", "create", "data", "--size-gigabytes", "100", "--region", "nyc3")
    simulated.ok("-q", "reserved-ip", "create", "--region", "nyc3")
    found = simulated.ok("account", "cost", "-o", "json").json
    kinds = {one["kind"]: (one["count"], one["monthly"]) for one in found["kinds"]}
    assert kinds == {"Droplets": (2, 12.0), "backups": (2, 3.6), "volumes": (1, 10.0), "reserved IPs": (1, 5.0)}
    assert (found["monthly"], found["currency"], found["unknown"]) == (30.6, "USD", [])
    lines = simulated.ok("account", "cost").out.splitlines()
    assert lines[0].split() == ["KIND", "COUNT", "MONTHLY", "NOTE"]
    assert lines[-1].split()[:3] == ["total", "-", "30.6"]
    assert simulated.ok("account", "cost", "--query", "monthly").out == "30.6\n"
    assert simulated.ok("account", "cost", "--columns", "kind", "--no-header").out.splitlines()[0] == "Droplets"


def test_kind_that_the_token_may_not_read_is_said_to_be_missing(served: Doboto, doboto_server: Any) -> None:
    served.ok("-q", "droplet", "create", "web", *NEW)
    doboto_server.simulator.faults.add("status", status=403, path="/v2/volumes")
    found = served.ok("account", "cost", "-o", "json").json
    assert found["unknown"] == ["volumes"]
    assert "total    -       6        without volumes" not in found
    assert "without volumes" in served.ok("account", "cost").out


def test_empty_account_costs_nothing(simulated: Doboto) -> None:
    assert simulated.ok("account", "cost", "-o", "json").json == {
        "currency": "USD", "monthly": 0.0, "unknown": [], "kinds": [],
    }  # fmt: skip

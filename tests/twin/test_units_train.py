"""An integrated train with a disturbance, from perfusion harvest to drug substance."""

import numpy as np
import pytest
import simpy

from twin.units.diversion import DIVERTED
from twin.units.example_train import (
    CYCLE_LOAD_L,
    DISTURBED,
    UNDISTURBED,
    Disturbance,
    example_train,
    run,
)
from twin.units.hold_tank import HoldTank
from twin.units.material import SUBSTANCES, lot
from twin.units.train import Train
from twin.units.unit import Parcel, UnitRefused
from twin.units.virus_inactivation import HeldInactivation

HOURS = 60.0
LIMIT = 0.02
OFF = Disturbance(from_h=20.0, until_h=26.0)
FED = (UNDISTURBED, DISTURBED, "priming buffer")


@pytest.fixture(scope="module")
def diverted():
    return run(example_train(LIMIT), HOURS, OFF)


@pytest.fixture(scope="module")
def mingled():
    return run(example_train(1.0), HOURS, OFF)


def totals(material, *names):
    at = [0 if name == "volume" else 1 + list(SUBSTANCES).index(name) for name in names]
    rows = dict(zip(material.lots, material.amounts, strict=True))
    return np.array([rows[name][at].sum() for name in FED if name in rows])


@pytest.mark.parametrize(
    "names",
    [
        ("volume",),
        ("product", "aggregate"),
        ("host_protein",),
        ("dna",),
        ("virus", "inactivated_virus"),
    ],
)
def test_every_litre_and_gram_is_found_again(diverted, names):
    fed, found = totals(diverted.fed, *names), totals(diverted.content, *names)
    assert fed[:2].min() > 0.0
    assert found == pytest.approx(fed, rel=1e-8, abs=1e-11)


def test_disturbed_litres_are_kept_out_of_drug_substance(diverted, mingled):
    without = mingled.units["drug substance"].content.shares("product")[DISTURBED]
    assert without > LIMIT
    substance = diverted.units["drug substance"].content
    assert substance.shares("product")[DISTURBED] < LIMIT / 2.0
    aside = diverted.collected[f"diverter.{DIVERTED}"]
    passed = aside + substance
    caught = aside.shares("product")[DISTURBED] * aside.amount("product")
    all_of_it = passed.shares("product")[DISTURBED] * passed.amount("product")
    assert caught > 0.95 * all_of_it
    assert aside.amount("product") < 0.6 * passed.amount("product")


def test_drug_substance_is_as_the_units_say(diverted):
    substance = diverted.units["drug substance"].content
    assert substance.per_l("product") == pytest.approx(50.0, rel=1e-4)
    assert substance.shares()["diafiltration buffer"] == pytest.approx(1.0, abs=2e-3)
    assert diverted.units["inactivation"].log_reduction > 12.0
    assert substance.amount("virus") < 1e-15
    assert 1e6 * substance.amount("host_protein") / substance.amount("product") < 100.0


def test_the_lots_on_the_columns_are_what_the_columns_hold(diverted):
    capture = diverted.units["capture"]
    held = capture.content.amount("product") + capture.content.amount("aggregate")
    assert held == pytest.approx(capture.columns.held_g, rel=1e-9)
    assert len(capture.columns.cycles) == 4
    assert capture.columns.cycles[0].loaded_l == pytest.approx(CYCLE_LOAD_L)


def test_the_same_run_gives_the_same_numbers(diverted):
    again = run(example_train(LIMIT), HOURS, OFF)
    ours, theirs = (t.units["drug substance"].content for t in (diverted, again))
    assert (ours.amounts == theirs.amounts).all()


def test_holds_take_their_time_and_wrong_joins_are_refused():
    train = Train(simpy.Environment())
    train.add(HeldInactivation("hold", 60.0))
    train.add(HoldTank("tank", 10.0))
    train.join("hold", "tank")
    train.source("hold", [Parcel(lot("a", 1.0), 30.0), Parcel(lot("b", 1.0), 30.0)])
    train.env.run(until=89.0)
    assert train.units["tank"].content.is_empty
    assert train.content.volume_l == pytest.approx(2.2)
    train.env.run(until=91.0)
    assert train.units["tank"].content.shares()["a"] == pytest.approx(1.0 / 1.1)
    train.env.run(until=200.0)
    assert train.units["tank"].content.volume_l == pytest.approx(2.2)
    with pytest.raises(UnitRefused, match="leads to tank"):
        train.join("hold", "tank")
    with pytest.raises(UnitRefused, match="no such unit"):
        train.join("hold", "nowhere")
    with pytest.raises(UnitRefused, match="only a hold tank"):
        train.pump("hold", "tank", 1.0, 1.0)
    with pytest.raises(UnitRefused, match="of that name already"):
        train.add(HoldTank("tank", 1.0))

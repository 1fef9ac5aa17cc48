"""Unit operations, each against what its equation says."""

import math

import numpy as np
import pytest

from twin.kinetics.adc_distribution import mean_dar
from twin.kinetics.adc_reactor import ANTIBODY_G_PER_MMOL
from twin.kinetics.clones import K1
from twin.kinetics.media import BASAL
from twin.units.conjugation import ConjugationSkid, Recipe
from twin.units.harvest import Clarification, Harvest
from twin.units.material import lot, mixed
from twin.units.polishing import BindElute, FlowThrough, anion_exchanger_path
from twin.units.residence_time import PRINTED_LOOP_PECLET, ResidenceTime, from_peclet
from twin.units.seed_train import STAGES, InoculumTooSmall, Stage, seed_train
from twin.units.tangential_flow import SIEVING, TangentialFlow
from twin.units.unit import PRODUCT, WASTE, Parcel, UnitRefused
from twin.units.virus_inactivation import (
    FlowInactivation,
    HeldInactivation,
    Titration,
    flowing_log_reduction,
    held_log_reduction,
    rate_per_min,
)


def outlets(unit, material, minutes=60.0):
    deliveries = unit.receive(Parcel(material, minutes))
    return {
        name: mixed(d.material for d in deliveries if d.outlet == name)
        for name in {d.outlet for d in deliveries}
    }


def test_held_inactivation_follows_the_standard():
    assert held_log_reduction(3.6, 30.0) == pytest.approx(5.0)
    assert rate_per_min(3.4) == pytest.approx(2.0 * rate_per_min(3.6))
    held = HeldInactivation("hold", 30.0, Titration(ph=3.6))
    out = outlets(held, lot("pool", 10.0, virus=1.0, product=100.0))[PRODUCT]
    assert out.amount("virus") == pytest.approx(1e-5, rel=1e-9)
    assert out.amount("virus") + out.amount("inactivated_virus") == pytest.approx(1.0)
    assert out.volume_l == pytest.approx(11.0)
    assert out.amount("aggregate") == pytest.approx(100.0 * (1.0 - 0.998**0.5), rel=1e-9)


@pytest.mark.parametrize("n_tanks", [1, 2, 101])
def test_flowing_inactivation_is_the_mean_survival_over_residence_times(n_tanks):
    path = ResidenceTime(n_tanks, 6.0)
    flow, ph = 0.1, 3.6
    litres = np.linspace(0.0, 60.0, 200_001)
    density = np.array([path.density(v) for v in litres])
    survival = np.trapezoid(density * 10.0 ** (-rate_per_min(ph) * litres / flow), litres)
    expected = -math.log10(survival)
    assert flowing_log_reduction(ph, path, flow) == pytest.approx(expected, rel=1e-3)


def test_a_narrow_path_inactivates_like_a_hold_and_the_printed_loop_does_not():
    minutes, flow = 60.0, 1.0
    narrow = from_peclet(200.0, minutes * flow)
    loop = from_peclet(PRINTED_LOOP_PECLET, minutes * flow)
    hold = held_log_reduction(3.6, minutes)
    assert hold == pytest.approx(10.0)
    assert flowing_log_reduction(3.6, narrow, flow) == pytest.approx(9.0, abs=0.1)
    assert flowing_log_reduction(3.6, loop, flow) < 2.5
    unit = FlowInactivation("loop", narrow, lot("water", narrow.volume_l), Titration(ph=3.6))
    out = outlets(unit, lot("feed", 30.0 / 1.05, virus=1.0), minutes=30.0)[PRODUCT]
    assert unit.log_reduction == pytest.approx(9.0, abs=0.1)
    assert out.shares()["water"] > 0.95  # nothing of the feed has come through yet
    assert out.volume_l == pytest.approx(30.0 * (1.0 + 0.05 / 1.05))


def test_polishing_removes_its_shares():
    path = anion_exchanger_path(1.0)
    assert path.volume_l == pytest.approx(0.34)
    assert path.n_tanks == pytest.approx(92, abs=2)
    through = FlowThrough("anion exchanger", path, lot("buffer", path.volume_l))
    feed = lot("feed", 100.0, product=500.0, host_protein=1.0, dna=0.1)
    out = outlets(through, feed)
    assert out[PRODUCT].volume_l == pytest.approx(100.0)
    assert out[PRODUCT].amount("product") == pytest.approx(0.98 * 498.3, rel=1e-3)
    assert out[WASTE].amount("dna") == pytest.approx(0.0996 * 0.999, rel=1e-3)
    bind = BindElute("cation exchanger", column_l=1.0, load_g_per_l=50.0)
    first = outlets(bind, lot("feed", 8.0, product=40.0, aggregate=2.0))
    assert PRODUCT not in first
    assert first[WASTE].volume_l == pytest.approx(8.0)
    pool = outlets(bind, lot("feed", 4.0, product=20.0, aggregate=1.0))[PRODUCT]
    assert pool.amount("product") == pytest.approx(57.0)
    assert pool.amount("aggregate") == pytest.approx(0.6)
    assert pool.volume_l == pytest.approx(2.5)
    assert bind.content.is_empty


def test_filtration_concentrates_and_washes():
    unit = TangentialFlow(
        "filtration",
        wash_at_g_per_l=50.0,
        final_g_per_l=100.0,
        diavolumes=7.0,
        sieving={**SIEVING, "product": 0.0},
    )
    pool = lot("pool", 100.0, product=1000.0, free_drug=1.0, host_protein=1.0)
    deliveries = {d.outlet: d for d in unit.receive(Parcel(pool, 1.0))}
    out, permeate = deliveries[PRODUCT].material, deliveries[WASTE].material
    assert out.per_l("product") == pytest.approx(100.0)
    assert out.volume_l == pytest.approx(10.0)
    left = 0.2 * math.exp(-7.0) * 0.5  # concentrated fivefold, washed, concentrated twofold
    assert out.amount("free_drug") == pytest.approx(left, rel=1e-9)
    kept = (0.2 * 0.5) ** 0.2 * math.exp(-0.2 * 7.0)
    assert out.amount("host_protein") == pytest.approx(kept, rel=1e-9)
    assert out.shares()["pool"] == pytest.approx(math.exp(-7.0), rel=1e-9)
    assert permeate.volume_l == pytest.approx(80.0 + 7.0 * 20.0 + 10.0)
    assert deliveries[PRODUCT].after_min == pytest.approx(230.0 / 40.0 * 60.0)
    dense = TangentialFlow("filtration").receive(Parcel(lot("a", 1.0, product=80.0), 1.0))
    assert dense[0].material.per_l("product") == pytest.approx(80.0, rel=0.01)
    with pytest.raises(UnitRefused, match="without antibody"):
        unit.receive(Parcel(lot("a", 1.0), 1.0))


def test_harvest_loses_what_the_sediment_and_the_filter_keep():
    broth = lot("culture", 2000.0, product=6000.0, cells=2000.0 * 20.0, host_protein=400.0)
    harvest = Harvest("harvest")
    c = Clarification()
    out = outlets(harvest, broth)
    wet = 40_000.0 * 0.98 * 0.998 * 0.004 / 2000.0
    assert 0.07 < wet < 0.09
    assert out[PRODUCT].amount("product") == pytest.approx(6000.0 * (1.0 - wet) * 0.98)
    assert out[PRODUCT].amount("cells") == 0.0
    assert harvest.filter_area_m2(broth) == 14
    assert out[PRODUCT].volume_l == pytest.approx(2000.0 * (1.0 - wet) + 140.0)
    host = out[PRODUCT].amount("host_protein") + out[WASTE].amount("host_protein")
    assert host == pytest.approx(400.0 + 40_000.0 * c.lysed_share * 0.15)


def test_the_seed_train_grows_from_a_vial():
    passages = seed_train(K1, BASAL)
    assert [p.stage for p in passages] == [stage.name for stage in STAGES]
    assert all(p.viability > 0.9 for p in passages)
    assert all(p.cells >= 2.5 for p in passages)
    for before, after, stage in zip(passages, passages[1:], STAGES[1:], strict=False):
        assert after.inoculum_l * before.cells == pytest.approx(0.4 * stage.volume_l)
        assert after.split_ratio == pytest.approx(before.cells / 0.4)
        assert after.discarded_l == pytest.approx(before.volume_l - after.inoculum_l)
    doublings = math.log2(passages[1].cells / 0.4)
    doubling_h = passages[1].hours / doublings
    assert math.log(2.0) / 0.039 < doubling_h < 30.0  # mu_max 0.039/h, less by inhibition
    assert 14.0 < sum(p.hours for p in passages) / 24.0 < 20.0
    with pytest.raises(InoculumTooSmall, match=r"which holds 0\.1"):
        seed_train(K1, BASAL, stages=(STAGES[0], Stage("far", 2.0, 0.4, 2.5)))
    with pytest.raises(InoculumTooSmall, match=r"reached .* of 6e9"):
        seed_train(K1, BASAL, stages=(Stage("too dense", 0.1, 0.4, 6.0, longest_h=120.0),))
    with pytest.raises(UnitRefused, match="growth_from_seeding_to_transfer"):
        Stage("backwards", 1.0, 2.0, 1.0)


def test_the_conjugation_skid_loads_drug_and_closes_its_balance():
    skid = ConjugationSkid("skid", Recipe(tcep_equivalents=2.0, reduction_h=12.0))
    pool = lot("antibody", 5.0, product=50.0) + lot("buffer", 1.0)
    (delivery,) = skid.receive(Parcel(pool, 10.0))
    out = delivery.material
    assert skid.dar == pytest.approx(4.0, abs=0.2)  # two drugs per TCEP
    assert mean_dar(skid.distribution) == skid.dar
    assert delivery.after_min == pytest.approx(60.0 * 13.5)
    assert out.amount("product") + out.amount("conjugate") == pytest.approx(50.0, rel=1e-12)
    assert out.amount("product") == pytest.approx(50.0 * skid.distribution[0])
    antibody_mmol = 50.0 / ANTIBODY_G_PER_MMOL
    bound = skid.dar * antibody_mmol
    assert out.amount("free_drug") + bound == pytest.approx(skid.drug_dosed_mmol, rel=1e-6)
    added = antibody_mmol * (2.0 / 50.0 + 6.0 / 20.0 + 12.0 / 100.0)
    assert out.volume_l == pytest.approx(6.0 + added, rel=1e-6)
    washed = TangentialFlow("wash", wash_at_g_per_l=8.0, final_g_per_l=8.0, diavolumes=9.0)
    clean = washed.receive(Parcel(out, 1.0))[0].material
    left = clean.amount("free_drug") / out.amount("free_drug")
    assert left == pytest.approx(math.exp(-9.0), rel=0.01)

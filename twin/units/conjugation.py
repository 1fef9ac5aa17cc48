"""Conjugation skid: a pool of antibody is reduced, conjugated with drug, and quenched.

Equations and rate constants are those of ``twin.kinetics.adc_conjugation`` (no measured constants:
see there); doses and times are a recipe.  The drug-linker's own mass is not counted in the
conjugate, so grams are grams of antibody throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.kinetics.adc_conjugation import ADC_CONJUGATION
from twin.kinetics.adc_distribution import bond_loads, dar_distribution, mean_dar
from twin.kinetics.adc_reactor import ANTIBODY_G_PER_MMOL, initial_state, with_reagent
from twin.units.material import NOTHING, Material, lot
from twin.units.unit import PRODUCT, Delivery, Parcel, UnitRefused, positive

VOLUME = ADC_CONJUGATION.state_index("volume")
FREE_DRUG = tuple(
    ADC_CONJUGATION.state_index(name) for name in ("drug", "drug_hydrolysed", "drug_quenched")
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Equivalents per antibody, concentrations of stocks (mmol/L), and hours of each step."""

    tcep_equivalents: float = 2.2
    drug_equivalents: float = 6.0
    quencher_equivalents: float = 12.0
    tcep_stock_mm: float = 50.0
    drug_stock_mm: float = 20.0
    quencher_stock_mm: float = 100.0
    reduction_h: float = 3.0
    conjugation_h: float = 1.0
    quench_h: float = 0.5

    def __post_init__(self) -> None:
        positive(
            "conjugation",
            reduction_h=self.reduction_h,
            conjugation_h=self.conjugation_h,
            quench_h=self.quench_h,
        )

    @property
    def hours(self) -> float:
        """Of the whole recipe."""
        return self.reduction_h + self.conjugation_h + self.quench_h


class ConjugationSkid:
    """Conjugates pools.

    Attributes:
        distribution: shares of antibodies with 0 .. 8 drugs in the last pool.
        drug_dosed_mmol: drug given to it.
    """

    def __init__(
        self, name: str, recipe: Recipe | None = None, *, temperature: float = 22.0, ph: float = 7.0
    ) -> None:
        self.name = name
        self.recipe = recipe or Recipe()
        self.inputs = ADC_CONJUGATION.inputs_with(temperature=temperature, ph=ph)
        self.distribution: tuple[float, ...] = ()
        self.drug_dosed_mmol = 0.0

    @property
    def content(self) -> Material:
        """Nothing between pools."""
        return NOTHING

    @property
    def dar(self) -> float:
        """Mean number of drugs per antibody in the last pool; 0 before the first."""
        return mean_dar(self.distribution)

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Conjugate a pool; it leaves when the recipe is over.

        Raises:
            UnitRefused: the pool has no antibody.
        """
        from twin.integrate import Integrator, compiled

        pool, recipe = parcel.material, self.recipe
        antibody_g = pool.amount("product")
        if not antibody_g > 0.0:
            raise UnitRefused(self.name, "a pool without antibody can't be conjugated")
        solver = Integrator(compiled(ADC_CONJUGATION), rtol=1e-8, atol=1e-10)
        p = ADC_CONJUGATION.parameters_with()
        x = initial_state(antibody_g_per_l=pool.per_l("product"), volume_l=pool.volume_l)
        for reagent, equivalents, stock, hours in (
            ("tcep", recipe.tcep_equivalents, recipe.tcep_stock_mm, recipe.reduction_h),
            ("drug", recipe.drug_equivalents, recipe.drug_stock_mm, recipe.conjugation_h),
            ("quencher", recipe.quencher_equivalents, recipe.quencher_stock_mm, recipe.quench_h),
        ):
            x = with_reagent(x, reagent, equivalents=equivalents, stock_mm=stock)
            after, _ = solver.advance(x, self.inputs, p, 0.0, hours)
            x = tuple(after.tolist())
        self.distribution = dar_distribution(bond_loads(x))
        self.drug_dosed_mmol = recipe.drug_equivalents * antibody_g / ANTIBODY_G_PER_MMOL
        reagents = lot(
            "reagents",
            max(x[VOLUME] - pool.volume_l, 0.0),
            free_drug=max(sum(x[at] for at in FREE_DRUG), 0.0) * x[VOLUME],
        )
        unloaded = min(max(self.distribution[0], 0.0), 1.0)
        conjugated = pool.converted("product", 1.0 - unloaded, conjugate=1.0) + reagents
        return [Delivery(PRODUCT, conjugated, parcel.minutes, after_min=60.0 * recipe.hours)]

"""A model's declaration is checked when it is made, and is light to import."""

import math
import subprocess
import sys

import pytest

from twin.kinetics.model import (
    Input,
    KineticsModel,
    ModelInvalid,
    Output,
    Parameter,
    State,
    UnknownName,
    ValueRefused,
)


def decay(t, x, u, p):
    return (u[0] - p[0] * x[0],)


def half(t, x, u, p):
    return (x[0] / 2.0,)


A = State("a", "mol/L", 0.0, "amount")
FLOW = Input("flow", "mol/L/h", 0.5, "supply")
K = Parameter("k", "1/h", 2.0, "decay", "assumption")
HALF = Output("half", "mol/L", "half of it")


def model(**changes):
    parts = {
        "name": "decay",
        "states": (A,),
        "inputs": (FLOW,),
        "parameters": (K,),
        "rates": decay,
        "doc": "decay of one substance",
        "outputs": (HALF,),
        "algebraic": half,
    }
    return KineticsModel(**(parts | changes))


def test_names_lead_to_positions_and_overrides_replace_defaults():
    made = model(parameters=(K, Parameter("k2", "1/h", 3.0, "", "assumption")))
    assert made.parameter_index("k2") == 1
    assert (made.state_index("a"), made.input_index("flow"), made.output_index("half")) == (0, 0, 0)
    assert made.parameters_with(k2=7) == (2.0, 7.0)
    assert made.inputs_with() == (0.5,)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "two words"}, "identifier"),
        ({"states": ()}, "at least one state"),
        ({"states": (A, A)}, "declared twice"),
        ({"states": (State("a b", "1", 0.0, ""),)}, "identifier"),
        ({"states": (State("a", "", 0.0, ""),)}, "no unit"),
        ({"states": (State("a", "1", math.nan, ""),)}, "low"),
        ({"states": (State("a", "1", 0.0, "", scale=0.0),)}, "scale"),
        ({"inputs": (Input("flow", "1", math.inf, ""),)}, "default must be finite"),
        ({"parameters": (Parameter("k", "1/h", 1.0, "", ""),)}, "names no source"),
        ({"outputs": ()}, "belong together"),
        ({"algebraic": None}, "belong together"),
        ({"rates": lambda t, x, u, p: (1.0, 2.0)}, "tuple of 1 values, got 2"),
        ({"rates": lambda t, x, u, p: [1.0]}, "got list"),
        ({"rates": lambda t, x, u, p: (math.nan,)}, "not finite"),
    ],
)
def test_a_contradicting_declaration_is_refused(changes, said):
    with pytest.raises(ModelInvalid, match=said):
        model(**changes)


def test_an_unknown_name_gets_a_suggestion():
    with pytest.raises(UnknownName, match="did you mean 'flow'"):
        model().inputs_with(flwo=1.0)
    with pytest.raises(UnknownName, match="has no state 'zzz'; known: a"):
        model().state_index("zzz")


@pytest.mark.parametrize("value", [math.nan, math.inf, "2", None])
def test_a_value_that_is_no_finite_number_is_refused(value):
    with pytest.raises(ValueRefused, match="'k' must be a finite number"):
        model().parameters_with(k=value)


def test_the_equations_can_be_had_without_numerical_packages():
    check = (
        "import sys, twin.kinetics.cho_fedbatch, twin.kinetics.culture, twin.integrate\n"
        "heavy = {'numpy', 'numba', 'scipy', 'pyomo', 'llvmlite'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", check], check=True)

"""Models become one cached source file; whatever is more than arithmetic is refused by name."""

import importlib.util
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from twin.integrate import NotPlainArithmetic, UnpackedInWrongOrder, compiled, integrate
from twin.integrate.cache import (
    ENVIRONMENT_VARIABLE,
    CacheNotWritable,
    cache_directory,
    load,
    write_once,
)
from twin.integrate.source import plain_source
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.model import KineticsModel, Parameter, State

MODEL_FILE = """
from twin.kinetics.model import KineticsModel, Parameter, State

RATE = 0.5

def law(c, k):
    '''First order.'''
    return RATE * k * c

def rates(t, x, u, p):
    (k,) = p
    return (-law(x[0], k),)

MODEL = KineticsModel(
    "tiny", (State("c", "1", 0.0, ""),), (), (Parameter("k", "1/h", 2.0, "", "assumption"),),
    rates, "decay",
)
"""


def module_of(folder, name, text):
    """A module with that text, imported from a file."""
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(text))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def model_with(rates, n_parameters=1):
    return KineticsModel(
        name="tiny",
        states=(State("c", "1", 0.0, ""),),
        inputs=(),
        parameters=tuple(
            Parameter(f"k{i}", "1/h", 2.0, "", "assumption") for i in range(n_parameters)
        ),
        rates=rates,
        doc="",
    )


def model_of(folder, body, head=""):
    text = head + "\ndef rates(t, x, u, p):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    return model_with(module_of(folder, f"refused_{abs(hash(text))}", text).rates)


@pytest.mark.parametrize(
    ("body", "head", "said"),
    [
        ("if x[0] > 1.0:\n    pass\nreturn (x[0],)", "", "line 3: an if statement is not allowed"),
        ("return (x[0] if x[0] > 0 else 0.0,)", "", "a conditional expression"),
        ("y = x[0]\ny += 1.0\nreturn (y,)", "", "line 4: an in-place assignment.*a = a [+] b"),
        ("for i in range(2):\n    pass\nreturn (x[0],)", "", "a loop"),
        ("return (math.exp(x[0]),)", "import math", r"the call math.exp.*E [*][*] x"),
        ("return (math.pi * x[0],)", "import math", "an attribute"),
        ("return (max(x[0], 0.0),)", "", "the call max"),
        ("return (abs(x[0]),)", "", "the call abs"),
        ("return (x[0] // 2.0,)", "", "the operator //"),
        ("return (float(x[0] > 1.0),)", "", "the call float"),
        ("return (x[int(p[0]) - 2],)", "", "an index that is computed"),
        ("return (K['a'] * x[0],)", "K = {'a': 1.0}", "K is dict|an index that is computed"),
        ("return (K * x[0],)", "K = True", "K is bool"),
        ("f = lambda c: c\nreturn (f(x[0]),)", "", "a lambda|the call f"),
        ("return (f(x[0]),)", "f = lambda c: c", "larger expression|not defined with def"),
        ("return (f(x[0]),)", "def f(c, k=2.0):\n    return c * k", "default values"),
        ("return (f(c=x[0]),)", "def f(c):\n    return c", "a call with keywords"),
        (
            "return (f(x[0]),)",
            "def f(c):\n    c * 2.0\n    return c",
            "a statement without effect is not allowed",
        ),
        ("return (f(x[0]),)", "def f(*c):\n    return c[0]", "special arguments"),
        (
            "return (f(x[0]),)",
            "import functools\n@functools.cache\ndef f(c):\n    return c",
            "the call f|decorated",
        ),
    ],
)
def test_whatever_is_more_than_arithmetic_is_refused(tmp_path, body, head, said):
    with pytest.raises(NotPlainArithmetic, match=said):
        plain_source(model_of(tmp_path, body, head))


def test_recursion_closures_and_callables_are_refused(tmp_path):
    head = "def f(c):\n    return g(c)\ndef g(c):\n    return c if c is None else c"
    with pytest.raises(NotPlainArithmetic, match="conditional"):
        plain_source(model_of(tmp_path, "return (f(x[0]),)", head))
    again = module_of(
        tmp_path,
        "again",
        "def f(c):\n    return c\ndef rates(t, x, u, p):\n    return (f(x[0]),)\n",
    )
    model = model_with(again.rates)
    again.f = again.rates
    with pytest.raises(NotPlainArithmetic, match="calls itself"):
        plain_source(model)
    factor = 2.0
    with pytest.raises(NotPlainArithmetic, match=r"enclosing function|larger expression"):
        plain_source(model_with(lambda t, x, u, p: (factor * x[0],)))

    class Callable:
        def __call__(self, t, x, u, p):
            return (x[0],)

    with pytest.raises(NotPlainArithmetic, match="not a plain function"):
        plain_source(model_with(Callable()))


@pytest.mark.parametrize(
    ("unpacking", "said"),
    [
        ("k1, k0 = p", "name 1 is 'k1', but the model declares 'k0'"),
        ("(k0,) = p[:1]\n    (k0,) = p[1:]", "declares 'k1'"),
        ("k0, k1, k2 = p", "'k2', but the model declares 'nothing more'"),
    ],
)
def test_parameters_unpacked_in_another_order_are_refused(tmp_path, unpacking, said):
    text = f"def rates(t, x, u, p):\n    {unpacking}\n    return (x[0],)\n"
    model = model_with(lambda t, x, u, p: (x[0],), n_parameters=2)
    # past the trial at construction, which such a function may not survive
    object.__setattr__(model, "rates", module_of(tmp_path, "order", text).rates)
    with pytest.raises(UnpackedInWrongOrder, match=said):
        plain_source(model)


def test_functions_and_numbers_of_one_name_are_kept_apart(tmp_path):
    other = "GAIN = 3.0\ndef law(c):\n    return GAIN * c\n"
    module_of(tmp_path, "other_laws", other)
    text = """
        from other_laws import law as their_law
        GAIN = 5.0
        def law(c):
            return GAIN * c * c
        def rates(t, x, u, p):
            return (law(x[0]) - their_law(x[0]) * 10.0,)
    """
    rates = module_of(tmp_path, "two_laws", text).rates
    model = model_with(rates)
    scope = {}
    exec(plain_source(model).text, scope)
    assert scope["rates"](0.0, (2.0,), (), (1.0,)) == rates(0.0, (2.0,), (), (1.0,)) == (-40.0,)


def test_the_text_of_the_cho_model_computes_the_same():
    source = plain_source(CHO_FEDBATCH)
    scope = {}
    exec(source.text, scope)
    x = tuple(state.scale for state in CHO_FEDBATCH.states)
    u, p = CHO_FEDBATCH.inputs_with(feed_rate=0.01), CHO_FEDBATCH.parameters_with()
    assert scope[source.rates](0.0, x, u, p) == CHO_FEDBATCH.rates(0.0, x, u, p)
    assert scope[source.algebraic](0.0, x, u, p) == CHO_FEDBATCH.algebraic(0.0, x, u, p)


def test_a_compiled_model_computes_what_its_text_says(tmp_path, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "cache"))
    model = module_of(tmp_path, "tiny_model", MODEL_FILE).MODEL
    made = compiled(model)
    assert made.path.parent == tmp_path / "cache"
    assert compiled(model) is made
    x1, _ = integrate(made, (1.0,), (), (2.0,), 0.0, 1.0)
    assert x1[0] == pytest.approx(np.exp(-1.0), rel=1e-5)


def test_a_second_process_compiles_nothing(tmp_path):
    (tmp_path / "tiny_model.py").write_text(MODEL_FILE)
    code = (
        "import tiny_model, twin.integrate.linear\n"
        "from twin.integrate import compiled\n"
        "print(compiled(tiny_model.MODEL).path)\n"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    environment = os.environ | {ENVIRONMENT_VARIABLE: str(tmp_path / "kept"), "PYTHONPATH": path}

    def run():
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        files = {p: p.stat().st_mtime_ns for p in (tmp_path / "kept").rglob("*") if p.is_file()}
        return done.stdout, files

    first, files_before = run()
    second, files_after = run()
    assert first == second
    assert files_after == files_before
    assert {p.suffix for p in files_before} == {".py", ".nbi", ".nbc"}


def test_a_damaged_file_is_written_again(tmp_path, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path))
    path = write_once("A = 1\n", "thing", "9.9.9")
    assert "9_9_9" in path.name
    assert write_once("A = 1\n", "thing", "9.9.9") == path
    assert write_once("A = 2\n", "thing", "9.9.9") != path
    assert write_once("A = 1\n", "thing", "9.9.10") != path
    path.write_text("import os; raise SystemExit(1)")
    assert write_once("A = 1\n", "thing", "9.9.9") == path
    assert load(path).A == 1
    assert load(path) is load(path)
    assert not list(tmp_path.glob("*.tmp"))


def test_a_place_that_cant_be_written_to_is_replaced_with_a_warning(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(blocked / "cache"))
    with pytest.warns(CacheNotWritable, match=f"can't be kept in .*file.*{ENVIRONMENT_VARIABLE}"):
        folder = cache_directory()
    assert folder.is_dir()
    assert cache_directory() == folder  # and says so once
    model = module_of(tmp_path, "tiny_elsewhere", MODEL_FILE).MODEL
    assert compiled(model).path.parent == folder


def test_the_cache_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_directory() == tmp_path / "xdg" / "sdl-twin"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert cache_directory() == tmp_path / "home" / ".cache" / "sdl-twin"

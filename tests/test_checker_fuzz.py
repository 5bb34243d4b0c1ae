"""The checker bears whatever it is given: hostile effects, odd results, files that never end."""

import builtins
import contextlib
import functools
import gc
import io
import math
import os
import pickle
import random
import signal
import sys
import threading
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from helpers import ends
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from pytorch_rl_basics import Report, check, checking
from pytorch_rl_basics.checker.comparing import Check
from pytorch_rl_basics.command_line import runner
from pytorch_rl_basics.exercises import EXERCISES, check_of

# -- what an attempt may do to the world -------------------------------------------------------


def in_a_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def forget_numpy():
    del sys.modules["numpy"]


EFFECTS = {
    "print": lambda: print("noise", file=sys.stderr) or print("noise" * 100_000),
    "print in a thread": lambda: in_a_thread(lambda: print("noise")),
    "close stdout": lambda: sys.stdout.close(),
    "no stdout": lambda: setattr(sys, "stdout", None),
    "delete stderr": lambda: delattr(sys, "stderr"),
    "seed": lambda: (torch.manual_seed(1), np.random.seed(1), random.seed(1)),
    "draw": lambda: (torch.rand(3), np.random.rand(3), random.random()),
    "draw in a thread": lambda: in_a_thread(lambda: torch.rand(3)),
    "half precision": lambda: torch.set_default_dtype(torch.float16),
    "double precision": lambda: torch.set_default_dtype(torch.float64),
    "no grad": lambda: torch.set_grad_enabled(False),
    "threads": lambda: torch.set_num_threads(2),
    "device": lambda: torch.set_default_device("meta"),
    "anomaly": lambda: torch.autograd.set_detect_anomaly(True),
    "deterministic": lambda: torch.use_deterministic_algorithms(True),
    "autocast": lambda: torch.set_autocast_enabled("cpu", True),
    "warnings": lambda: warnings.simplefilter("error"),
    "recursion limit": lambda: sys.setrecursionlimit(5_000),
    "forget numpy": forget_numpy,
    "overwrite softmax": lambda: setattr(F, "softmax", None),
    "overwrite seeding": lambda: (setattr(torch, "manual_seed", None), setattr(random, "seed", 3)),
    "overwrite a method": lambda: setattr(torch.Tensor, "backward", lambda self: None),
    "overwrite a layer": lambda: setattr(nn.Sequential, "forward", None),
    "overwrite a distribution": lambda: setattr(torch.distributions.Categorical, "sample", None),
    "overwrite a context": lambda: setattr(torch.no_grad, "__enter__", None),
    "overwrite a formula": lambda: setattr(math, "exp", None),
    "hide a method": lambda: setattr(torch.Tensor, "sum", lambda *_: 0),
    "overwrite a class": lambda: (setattr(nn, "Linear", None), setattr(torch.optim, "SGD", None)),
    "delete a function": lambda: delattr(F, "log_softmax"),
    "delete a method": lambda: delattr(nn.Linear, "forward"),
    "overwrite built-ins": lambda: [
        setattr(builtins, name, None) for name in ("isinstance", "next", "len", "getattr")
    ],
    "add a built-in": lambda: setattr(builtins, "mine", 1),
    "hide torch": lambda: sys.modules.update(torch=None, numpy=None),
    "go elsewhere": lambda: os.chdir("/"),
    "print options": lambda: (
        torch.set_printoptions(precision=1), np.set_printoptions(precision=1)
    ),
    "matmul precision": lambda: torch.set_float32_matmul_precision("medium"),
    "ignore Ctrl-C": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    "an alarm": lambda: signal.alarm(1000),
    "trace": lambda: sys.settrace(lambda *_: None),
    "profile": lambda: sys.setprofile(lambda *_: None),
    "environment": lambda: os.environ.update(MINE="1") or os.environ.pop("PATH"),
    "path": lambda: sys.path.insert(0, "/"),
    "hook all networks": lambda: nn.modules.module.register_module_forward_hook(fail),
    "overwrite the checker": lambda: (
        EXERCISES.clear(), setattr(checking, "check_of", None), vars(checking).pop("_judge")
    ),
}  # fmt: skip


def each(kind, work):
    """Do something to each argument of a kind."""

    def spoil(arguments):
        for argument in arguments:
            if isinstance(argument, kind):
                work(argument)

    return spoil


SPOILS = {  # what an attempt may do to its arguments
    "nothing": lambda arguments: None,
    "zero the tensors": each(torch.Tensor, lambda x: x.data.zero_()),
    "resize the tensors": each(torch.Tensor, lambda x: x.data.resize_(0)),
    "watch the tensors": each(torch.Tensor, lambda x: x.requires_grad_(x.is_floating_point())),
    "fill .grad": each(torch.Tensor, lambda x: setattr(x, "grad", torch.ones_like(x))),
    "empty the lists": each(list, list.clear),
    "use up the batches": each(object, lambda x: list(x) if hasattr(x, "send") else None),
    "double the model": each(nn.Module, nn.Module.double),
    "freeze the model": each(nn.Module, lambda model: model.requires_grad_(False)),
    "break the model": each(nn.Module, lambda model: setattr(model, "forward", None)),
    "empty the model": each(nn.Module, lambda model: model._parameters.clear()),
    "hook the model": each(nn.Module, lambda model: model.register_forward_hook(print)),
    "empty the optimizer": each(torch.optim.Optimizer, lambda x: x.param_groups.clear()),
    "break the optimizer": each(torch.optim.Optimizer, lambda x: setattr(x, "step", None)),
    "step": each(torch.optim.Optimizer, lambda x: x.step()),
}

# -- what may come out of it ------------------------------------------------------------------


class Refuses:
    """An object that lets nothing be done with it."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    @property
    def __class__(self):
        raise RuntimeError("no class")

    def _refuse(self, *_):
        raise RuntimeError("no")

    __eq__ = __bool__ = __len__ = __iter__ = __float__ = __str__ = __repr__ = _refuse
    __hash__ = None


class Stubborn(torch.Tensor):
    """A tensor that only tells its shape and dtype."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        """Refuse whatever is called."""
        if getattr(func, "__self__", None) in (torch.Tensor.shape, torch.Tensor.dtype):
            return super().__torch_function__(func, types, args, kwargs)
        raise RuntimeError("no")


class Number(float):
    """A number without words."""

    def __repr__(self):
        raise RuntimeError("no")


class Mute(BaseException):
    """An exception that does not say what it is about."""

    def __str__(self):
        raise RuntimeError("no")


def itself():
    ring = [1, 2]
    ring.append(ring)
    return ring


def recurse():
    return recurse() + 1


def fail(error):
    raise error


def forever(number):
    while True:
        yield number


RESULTS = {
    repr(value): lambda value=value: value
    for value in (
        *(None, True, 0, -1, 7, 1e300, float("nan"), float("inf"), 1j, Fraction(1, 3)),
        *("", "29", "None", b"\xff", (), [], {}, set(), [None], [0.5, "x"], (1, 2), range(3)),
        *(int, print, object, NotImplemented, ..., nn.Linear, torch.float32),
    )
} | {
    "a huge number": lambda: 10**5_000,
    "a long text": lambda: "(" * 1_000_000,
    "an object that refuses": Refuses,
    "objects that refuse": lambda: [Refuses(), Refuses()],
    "a number without words": lambda: Number(29),
    "a list of itself": itself,
    "a generator": lambda: forever(0.5),
    "an array": lambda: np.zeros((8, 2)),
    "an array of objects": lambda: np.array([Refuses(), None], dtype=object),
    "a sparse tensor": lambda: torch.eye(3).to_sparse(),
    "a tensor without values": lambda: torch.zeros(3, device="meta"),
    "a stubborn tensor": lambda: torch.zeros(3).as_subclass(Stubborn),
    "a parameter": lambda: nn.Parameter(torch.zeros(3)),
    "a large tensor": lambda: torch.zeros(1).expand(1_000_000),
    "two tensors": lambda: (torch.zeros(8, dtype=torch.int64), torch.zeros(8)),
    "a lazy network": lambda: nn.Sequential(nn.LazyLinear(9), nn.ReLU(), nn.LazyLinear(2)),
    "a network that refuses": lambda: nn.Sequential(nn.Linear(3, 64), nn.Linear(64, 2)),
} | {
    f"a {dtype} tensor of shape {shape}": lambda dtype=dtype, shape=shape: torch.ones(
        shape, dtype=dtype
    )
    for dtype in (torch.float32, torch.float16, torch.int64, torch.bool, torch.complex64)
    for shape in ((), (0,), (1,), (3,), (8, 2))
}  # fmt: skip

ERRORS = {
    "recursion without end": recurse,
    "a text of one line": lambda: fail(ValueError("(" * 1_000_000)),
    "half a letter": lambda: fail(ValueError("\udcff")),
    "many errors": lambda: fail(ExceptionGroup("all", [ValueError(1), Mute()])),
} | {
    error.__name__: lambda error=error: fail(error)
    for error in (
        ValueError, NotImplementedError, AttributeError, StopIteration, RecursionError,
        MemoryError, AssertionError, GeneratorExit, SystemExit, Mute, torch.OutOfMemoryError,
    )
}  # fmt: skip

CHANGES = {  # of a right result: they lead on to what a check looks at later
    "nothing": lambda x: x,
    "doubled": lambda x: 2 * x,
    "negative": lambda x: -x,
    "nan": lambda x: x * float("nan"),
    "double": lambda x: x.double(),
    "whole": lambda x: x.long(),
    "a float": float,
    "a list": lambda x: x.tolist(),
    "an array": lambda x: x.detach().numpy(),
    "a column": lambda x: x.unsqueeze(-1),
    "a row": lambda x: x.unsqueeze(0),
    "the first": lambda x: x[0],
    "the rest": lambda x: x[1:],
    "a pair": lambda x: (x, x),
    "a tuple": tuple,
    "without graph": lambda x: x.detach(),
    "watched": lambda x: x.detach().requires_grad_(),
    "sparse": lambda x: x.to_sparse(),
    "stubborn": lambda x: x.as_subclass(Stubborn),
    "a number without words": Number,
}


def choose(names):
    """Draw one of the names of a table."""
    return st.sampled_from(sorted(names))


ENDINGS = st.one_of(
    st.tuples(st.just(RESULTS), choose(RESULTS)),
    st.tuples(st.just(ERRORS), choose(ERRORS)),
    st.tuples(st.just(CHANGES), choose(CHANGES)),
    st.tuples(st.just(CHANGES), choose(CHANGES)),  # of these more: they come further
)


def attempt_at(exercise, effects, spoil, table, ending):
    """Make an attempt at an exercise."""

    def attempt(*args, **kwargs):
        for effect in effects:
            EFFECTS[effect]()
        right = EXERCISES[exercise].function(*args, **kwargs) if table is CHANGES else None
        SPOILS[spoil](args)
        return CHANGES[ending](right) if table is CHANGES else table[ending]()

    return attempt


# -- in the learner's own process -------------------------------------------------------------


def world():
    """Note what a check must leave alone."""
    owners = (random, F, nn, nn.Linear, nn.Module, torch, torch.Tensor, torch.optim)
    return {
        "torch": torch.get_rng_state().tolist(),
        "numpy": np.random.get_state()[1].tolist(),
        "random": random.getstate(),
        "dtype": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "modes": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        "autocast": torch.is_autocast_enabled("cpu"),
        "anomaly": torch.is_anomaly_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(),
        "streams": (sys.stdout, sys.stderr),
        "warnings": list(warnings.filters),
        "recursion": sys.getrecursionlimit(),
        "built-ins": dict(vars(builtins)),
        "torch and numpy": (sys.modules["torch"], sys.modules["numpy"]),
        "folder": os.getcwd(),
        "print options": (repr(torch._tensor_str.PRINT_OPTS), np.get_printoptions()),
        "matmul": torch.get_float32_matmul_precision(),
        "signals": (signal.getsignal(signal.SIGINT), any(signal.getitimer(signal.ITIMER_REAL))),
        "tracing": (sys.gettrace(), sys.getprofile()),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "hooks": dict(nn.modules.module._global_forward_hooks),
        "checker": (dict(EXERCISES), dict(vars(checking))),
        "functions": [
            {name: value for name, value in vars(owner).items() if callable(value)}
            for owner in owners
        ],
    }


@pytest.fixture(autouse=True, scope="module")
def warm():
    """Import what checks need: that changes the world as well."""
    runner.warm_up()


def examine(attempt, exercise):
    """Check an attempt, and the report for what each report has."""
    before = world()
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        report = check(attempt, exercise)
    after = world()
    for thing, value in before.items():
        assert after[thing] == value, thing
    assert printed.getvalue() == ""
    assert isinstance(report, Report)
    assert report.exercise == exercise
    assert 10 < len(report.message) < 3_000
    assert repr(report).split() == report.message.split()
    return report


@pytest.mark.parametrize("exercise", EXERCISES)
def test_nothing_gets_out_of_a_check(exercise):
    reference = EXERCISES[exercise].function

    @given(st.lists(choose(EFFECTS), max_size=2), choose(SPOILS), ENDINGS)
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    def fuzz(effects, spoil, ending):
        report = examine(attempt_at(exercise, effects, spoil, *ending), exercise)
        assert not report.passed or ending[0] is CHANGES

    fuzz()
    assert check(reference, exercise).passed
    for mistake in check_of(exercise).mistakes[:3]:  # what was noted meanwhile is right
        assert check(mistake.forms[0].function, exercise).mistake == mistake.slug


@pytest.mark.parametrize("effect", EFFECTS)
def test_each_effect_is_undone(effect):
    examine(attempt_at("td_target", [effect], "nothing", RESULTS, "0"), "td_target")


@pytest.mark.parametrize("result", RESULTS)
def test_each_result_is_refused(result):
    assert not examine(attempt_at("td_target", [], "nothing", RESULTS, result), "td_target").passed
    assert not examine(attempt_at("build_mlp", [], "nothing", RESULTS, result), "build_mlp").passed


@pytest.mark.parametrize("name", [[], 3, None, "no such exercise", "td_target"])
def test_a_callable_may_have_any_name(name):
    class Attempt:
        __name__ = name

        def __call__(self, *args):
            return 0

    report = check(Attempt())
    assert not report.passed
    assert ("no exercise is named" in report.message) == (name != "td_target")


class Loud(BaseException):
    """What no attempt should be able to raise out of a check."""


class Metaclass(type):
    """A class of classes whose names cannot be read."""

    __name__ = property(lambda cls: fail(Loud()))


def louder(*_):
    """Raise an exception that raises another one when it is written."""
    names = {"__str__": lambda self: fail(Loud())}
    raise Metaclass("Louder", (Loud,), names)


class Raises:
    """An object that raises it wherever it is asked."""

    def _raise(self, *_):
        raise Loud

    __name__ = property(_raise)
    __eq__ = __bool__ = __len__ = __iter__ = __float__ = __str__ = __repr__ = _raise
    __hash__ = None


class Asked(Raises):
    """The same as an attempt."""

    def __call__(self, *_):
        """Give itself back."""
        return self


HOSTILE = [
    Raises(), Asked(), lambda *_: Raises(), louder, lambda *_: fail(SystemExit(3)),
    lambda *_: None, lambda *_: "29", lambda *_: torch.tensor(math.nan), lambda *_: {},
    lambda *args: args, lambda *args: args[0], lambda: 0, int, torch.zeros, print,
    3, None, "td_target", [print],
]  # fmt: skip


@pytest.mark.parametrize("exercise", EXERCISES)
def test_whatever_an_attempt_does_the_report_says_so(exercise):
    for attempt in HOSTILE:
        assert not examine(attempt, exercise).passed
        assert not check(attempt).passed


def in_frames():
    """Find what the frames of the checker hold."""
    frame = sys._getframe()
    while frame := frame.f_back:
        if Path(checking.__file__).parent in Path(frame.f_code.co_filename).parents:
            yield from list(frame.f_locals.values())


def in_memory():
    """Find what the checker may hold anywhere."""
    for found in gc.get_objects():
        if type(found) is torch.Tensor or (isinstance(found, dict) and "its values" in found):
            yield found


@pytest.fixture
def tensors_put_back():
    """Give all tensors of this process their values back: other tests need theirs."""
    kept = []
    for found in gc.get_objects():
        if type(found) is torch.Tensor:
            with contextlib.suppress(TypeError, RuntimeError):  # what NumPy cannot hold
                kept.append((found, found.detach().numpy().copy()))  # a tensor would be spoilt, too
    yield
    for tensor, values in kept:
        tensor.data.copy_(torch.from_numpy(values))


@pytest.mark.usefixtures("tensors_put_back")
@pytest.mark.parametrize(
    ("find", "exercise"),
    [*((in_frames, name) for name in EXERCISES), (in_memory, "sample_actions"), (in_memory, "gae")],
)
def test_what_an_attempt_does_to_the_checker_ends_with_its_check(find, exercise):
    def spoil(*_):
        for found in find():
            with contextlib.suppress(Exception):
                if isinstance(found, torch.Tensor):
                    found.data.zero_()
                elif isinstance(found, dict | list):
                    found.clear()
                elif not callable(found):
                    vars(found).clear()
        return 0

    check_of.cache_clear()
    mistake = check_of(exercise).mistakes[0]
    for attempt in (mistake.forms[0].function, spoil, mistake.forms[0].function):
        report = check(attempt, exercise)
        assert not report.passed
    assert report.mistake == mistake.slug
    assert check(EXERCISES[exercise].function).passed


def test_what_has_no_words_is_told_by_its_type():
    assert "td_target: not checked: a Refuses is not" in check(Refuses(), "td_target").message
    assert "no exercise: not checked: a Refuses is not" in check(Refuses()).message
    report = examine(attempt_at("td_target", [], "nothing", ERRORS, "Mute"), "td_target")
    assert "got:      Mute: a Mute, at line" in report.message


def test_what_cannot_be_compared_is_told_by_its_type():
    report = examine(attempt_at("td_target", [], "nothing", CHANGES, "sparse"), "td_target")
    assert "its values: a float32 tensor of shape (3,)" in report.message


@pytest.mark.parametrize(
    ("exercise", "given"),
    [
        ("td_target", lambda args: args[2].requires_grad),
        ("discounted_returns", lambda args: isinstance(args[0], torch.Tensor)),
    ],
)
def test_an_attempt_may_exit_where_an_error_is_all_right(exercise, given):
    def attempt(*args, **kwargs):
        if given(args):
            raise SystemExit
        return EXERCISES[exercise].function(*args, **kwargs)

    report = examine(attempt, exercise)
    assert report.passed
    assert "SystemExit" in report.message


OWN = {  # what a learner may have had before, and give back
    "a tensor": lambda: torch.ones(3, requires_grad=True),
    "a result": lambda: 2 * torch.ones(8, requires_grad=True),
    "a pair": lambda: (torch.zeros(8, dtype=torch.int64), torch.zeros(8)),
    "a list": lambda: [0.5] * 5,
    "a network": lambda: nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2)),
}


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("thing", OWN)
def test_what_a_learner_gives_back_is_left_as_it_was(exercise, thing):
    own = OWN[thing]()
    before = pickle.dumps(own)
    examine(lambda *args: own, exercise)
    assert pickle.dumps(own) == before


@contextlib.contextmanager
def defaults(device, dtype):
    torch.set_default_device(device)
    torch.set_default_dtype(dtype)
    yield
    torch.set_default_device(None)
    torch.set_default_dtype(torch.float32)


STATES = {  # together, since a check that passes takes its time
    "blocks": lambda: (torch.no_grad(), torch.device("meta"), torch.autocast("cpu")),
    "defaults": lambda: (torch.inference_mode(), defaults("meta", torch.float64)),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_check_is_right_in_whatever_state_it_is_called(state, exercise, monkeypatch):
    fresh = functools.cache(check_of.__wrapped__)  # nothing is noted yet
    monkeypatch.setattr(checking, "check_of", fresh)
    with contextlib.ExitStack() as stack:
        for context in STATES[state]():
            stack.enter_context(context)
        before = world()
        assert check(EXERCISES[exercise].function, exercise).passed
        assert not check(attempt_at(exercise, ["device"], "nothing", RESULTS, "0"), exercise).passed
        assert world() == before


@pytest.mark.skipif(torch.cuda.is_initialized(), reason="a GPU in use has a state of its own")
def test_the_seed_of_a_gpu_that_is_used_later_stays_the_learner_s(monkeypatch):
    seeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)

    def sum_gradient(x):
        torch.manual_seed(3)
        return torch.ones_like(x)

    check(sum_gradient)
    assert not seeded
    torch.manual_seed(4)
    assert seeded == [4]


def test_no_attempt_passes_where_the_checker_itself_fails(monkeypatch):
    broken = Check(lambda *_: 1 / 0, check_of("td_target").probes)
    monkeypatch.setattr(checking, "check_of", lambda exercise: broken)
    report = check(lambda *_: 1 / 0, "td_target")
    assert not report.passed
    assert "the checker's own answer fails: ZeroDivisionError" in report.message


# -- at the command line ----------------------------------------------------------------------

FILES = {
    "prints without end": "def cubic_gradient(x):\n    while True: print('x' * 10**6)\n",
    "writes without end": (
        "import os\ndef cubic_gradient(x):\n    while True: os.write(1, b'x' * 10**6)\n"
    ),
    "recurses": (
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "class A:\n    def __repr__(self): return repr(self)\n"
        "def cubic_gradient(x): return repr(A())\n"
    ),
    "closes all files": (
        "import os\ndef cubic_gradient(x):\n    os.closerange(0, 100)\n    return 0\n"
    ),
    "closes stdout": (
        "import os, sys\ndef cubic_gradient(x):\n"
        "    sys.stdout.close(), sys.__stdout__.close(), os.close(1)\n    return 0\n"
    ),
    "stops the clock": (
        "import faulthandler\ndef cubic_gradient(x):\n"
        "    faulthandler.cancel_dump_traceback_later()\n    while True: pass\n"
    ),
    "stops itself": (
        "import os, signal\ndef cubic_gradient(x): os.kill(os.getpid(), signal.SIGSTOP)\n"
    ),
    "leaves a process": (
        "import os, time\ndef cubic_gradient(x):\n    child = os.fork()\n"
        "    if child == 0: time.sleep(100)\n"
        "    open(__file__ + '.child', 'w').write(str(child))\n    return 0\n"
    ),
    "leaves threads": (
        "import threading\ndef cubic_gradient(x):\n"
        "    threading.Thread(target=threading.Event().wait).start()\n    return 0\n"
    ),
    "waits at the end": "import atexit, time\natexit.register(time.sleep, 60)\nimport nowhere\n",
    "removes itself": "import os\nos.unlink(__file__)\nwhile True: pass\n",
    "goes away": "import os\nos.chdir('/')\n1 / 0\n",
    "babbles": (
        "import gc, os\nfrom multiprocessing.connection import Connection\n"
        "def cubic_gradient(x):\n    for pipe in gc.get_objects():\n"
        "        if type(pipe) is Connection and pipe.writable:\n"
        "            os.write(pipe.fileno(), bytes([0, 0, 0, 7]) + b'garbage')\n    return 0\n"
    ),
    "forgets all modules": (
        "import sys\ndef cubic_gradient(x):\n    sys.modules.clear()\n    return 0\n"
    ),
    "breaks Python": (
        "import builtins\ndef cubic_gradient(x):\n    builtins.isinstance = None\n    return 0\n"
    ),
    "breaks torch": (
        "import torch\ntorch.Tensor.backward = None\ntorch.set_default_device('meta')\n"
        "def cubic_gradient(x): return 0\n"
    ),
    "raises what has no words": (
        "class E(BaseException):\n    def __str__(self): raise ValueError\nraise E\n"
    ),
    "raises a long text": "raise ValueError('(' * 10**6)\n",
    "holds an odd object": (
        "class E:\n    __class__ = property(lambda self: 1 / 0)\n"
        "    def __getattr__(self, name): raise ValueError\n"
        "cubic_gradient = E()\n"
    ),
    "interrupts": "def cubic_gradient(x): raise KeyboardInterrupt\n",
    "yields": "def cubic_gradient(x): yield x\n",
    "awaits": "async def cubic_gradient(x): return x\n",
}  # fmt: skip
ENDLESS = {
    "prints without end", "writes without end", "stops the clock", "stops itself",
    "removes itself",
}  # fmt: skip


@pytest.fixture
def patience():
    """End a test that hangs: after far more than it takes, for a busy machine."""

    def give_up(*_):
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not Path("/proc").exists(), reason="some of it is for Linux")
@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("name", FILES)
def test_no_file_holds_the_command_line_up(name, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(runner, "GRACE", 0.5)
    path = tmp_path / "mine.py"
    path.write_text(FILES[name])
    [verdict] = runner.run([path], 0.5 if name in ENDLESS else 60.0)
    assert not verdict.report.passed
    assert len(verdict.report.message) < 3_000
    assert ("took longer than 0.5 s" in verdict.report.message) == (name in ENDLESS), (
        verdict.report.message
    )
    assert ("is not a function" in verdict.report.message) == (name == "holds an odd object")
    assert capfd.readouterr() == ("", "")
    if (child := Path(f"{path}.child")).exists():
        assert ends(int(child.read_text("utf-8")))

"""Bad input: one clear error, before any step: what was asked, what was found, how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sympy as sp
from sympy import Eq, I, IndexedBase, Matrix, Sum, conjugate, nan, oo, pi, sin, sqrt, symbols, zoo

import gdsym as gd

w, b, x, y, u = symbols("w b x y u")
i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
X, Y, W, Z = map(IndexedBase, "XYWZ")
line = Sum((w * X[i] + b - Y[i]) ** 2, (i, 1, m)) / (2 * m)
line_cost = gd.Cost(line, [w, b])
DATA: dict[Any, Any] = {X: [1, 2, 3], Y: [1, 3, 2]}
START: dict[Any, Any] = {w: 0, b: 0}


def run(start: Any = START, data: Any = DATA, **settings: Any) -> Any:
    return line_cost.descend(start, data, maxiter=3, **settings)


# what is wrong, how it is asked for, the class of the error, how its message begins
BAD: list[tuple[str, Callable[[], Any], type[Exception], str]] = [
    ('unknown param', lambda: gd.Cost(line,[w,symbols('q')]), gd.CostError, 'The parameter q does not occur in '),
    ('unknown text param', lambda: gd.Cost(line,['w','zz']), gd.CostError, 'The parameter zz does not occur in'),
    ('index as param', lambda: gd.Cost(line,[i]), gd.CostError, 'i is the index of a sum, which is '),
    ('index outside', lambda: gd.Cost(w*X[i]+b,[w,b]), gd.CostError, 'X[i] uses i outside any Sum; wrap '),
    ('index outside 2', lambda: gd.Cost(Sum(w*X[i],(i,1,m))+Y[i],[w]), gd.CostError, 'X[i] uses i outside any Sum; wrap '),
    ('slope m', lambda: gd.Cost(Sum((m*X[i]+b-Y[i])**2,(i,1,m))/m,[m,b]), gd.CostError, 'm is a parameter and also the uppe'),
    ('twice', lambda: gd.Cost(line,[w,w]), gd.CostError, 'The parameter w is named twice. Na'),
    ('empty', lambda: gd.Cost(line,[]), gd.CostError, 'The list of parameters is empty; n'),
    ('set', lambda: gd.Cost(line,{w,b}), gd.GdsymTypeError, 'The parameters have an order: give'),
    ('number param', lambda: gd.Cost(line,[3]), gd.GdsymTypeError, 'Derivatives are taken by a symbol,'),
    ('expr param', lambda: gd.Cost(line,[w+1]), gd.GdsymTypeError, 'Derivatives are taken by a symbol,'),
    ('entry param', lambda: gd.Cost(Sum(W[i]**2,(i,1,m)),[W[1]]), gd.CostError, 'W[1] is one entry; the parameter i'),
    ('None expr', lambda: gd.Cost(None,[w]), gd.GdsymTypeError, 'A SymPy expression or a text is ne'),
    ('list expr', lambda: gd.Cost([w],[w]), gd.GdsymTypeError, 'One expression is needed, not a li'),
    ('eq', lambda: gd.Cost(Eq(w,1),[w]), gd.GdsymTypeError, 'Eq(w, 1) is an equation; give the '),
    ('bool', lambda: gd.Cost(w>1,[w]), gd.GdsymTypeError, 'w > 1 is a comparison, true or fal'),
    ('True', lambda: gd.Cost(True,[w]), gd.GdsymTypeError, 'A SymPy expression or a text is ne'),
    ('nan', lambda: gd.Cost(w*nan,[w]), gd.Unsupported, 'The expression contains nan, which'),
    ('oo', lambda: gd.Cost(w+oo,[w]), gd.Unsupported, 'The expression contains oo, which '),
    ('zoo', lambda: gd.Cost(zoo*w,[w]), gd.Unsupported, 'The expression contains zoo, which'),
    ('complex I', lambda: gd.Cost(I*w,[w]), gd.ComplexInput, 'I is complex; gdsym derives real c'),
    ('complex conj', lambda: gd.Cost(conjugate(w)*w,[w]), gd.ComplexInput, 'conjugate(w) is complex; gdsym der'),
    ('complex sym', lambda: gd.Cost(symbols('q',complex=True,real=False)*w,[w]), gd.ComplexInput, 'q is declared as not real (complex'),
    ('sqrt(-1)', lambda: gd.Cost(w*sqrt(-2),[w]), gd.ComplexInput, 'I is complex; gdsym derives real c'),
    ('lookalike', lambda: gd.Cost(w*symbols('w',positive=True),[w]), gd.CostError, 'Two different symbols are called w'),
    ('lookalike data', lambda: gd.Cost(w*symbols('a',positive=True)+symbols('a'),[w]), gd.CostError, 'Two different symbols are called a'),
    ('sym & base', lambda: gd.Cost(Sum(X[i]*w,(i,1,m))*symbols('X'),[w]), gd.CostError, 'X is both a Symbol and an IndexedB'),
    ('matrix', lambda: gd.Cost(Matrix([w,b]),[w]), gd.Unsupported, 'A Matrix of entries is not one exp'),
    ('dict where', lambda: gd.Cost(line,[w],where=[1]), gd.GdsymTypeError, 'where must be a dict {name: defini'),
    ('where number', lambda: gd.Cost(w*u,[w],where={3:w}), gd.GdsymTypeError, 'A SymPy expression or a text is ne'),
    ('where circle', lambda: gd.Cost(u,[w],where={u:u+w}), gd.CostError, 'The named part u is defined by its'),
    ('where param', lambda: gd.Cost(u+w,[w],where={w:u}), gd.CostError, 'w is a parameter and also a named '),
    ('no param none', lambda: gd.Cost(Sum(X[i],(i,1,m))), gd.CostError, 'No parameter was named and the cos'),
    ('text bad', lambda: gd.Cost('w^2',['w']), gd.ReadError, '`^` is no power here; a power is w'),
    ('text bad2', lambda: gd.Cost('__import__("os")',['w']), gd.ReadError, 'A name starts with a letter, not w'),
    ('empty text', lambda: gd.Cost('',['w']), gd.ReadError, 'The formula is empty. Write one, s'),
    ('ranks', lambda: gd.derive(W[1]+W[1,2],W), gd.CostError, 'W is written with 1 and 2 indices;'),
    ('name type', lambda: gd.Cost(line,[w],name=3), gd.GdsymTypeError, 'name is 3; give what the cost is c'),
    ('partial unknown', lambda: line_cost.partial(x), gd.CostError, 'x is no parameter of this cost; it'),
    ('partial number', lambda: line_cost.partial(1), gd.GdsymTypeError, 'Derivatives are taken by a symbol,'),
    ('grad bad', lambda: line_cost.gradient()[x], gd.CostError, 'x is no parameter of this cost; it'),
    ('hess bad', lambda: line_cost.hessian()[w], gd.CostError, 'A Hessian entry has two parameters'),
    ('missing data', lambda: run(data={X:[1,2]}), gd.DataError, 'No data are given for Y; add Y to '),
    ('no data', lambda: line_cost.descend(START), gd.DataError, 'No data are given for X, Y; add X,'),
    ('two lengths', lambda: run(data={X:[1,2],Y:[1,2,3]}), gd.DataError, 'X has shape (2,) but Y has shape ('),
    ('(m,1)', lambda: run(data={X:np.ones((3,1)),Y:[1,2,3]}), gd.DataError, 'X has shape (3, 1), but it is writ'),
    ('empty data', lambda: run(data={X:[],Y:[]}), gd.DataError, 'X is empty (shape (0,)); at least '),
    ('nan data', lambda: run(data={X:[1,float('nan')],Y:[1,2]}), gd.DataError, 'X holds 1 value(s) that are not fi'),
    ('inf data', lambda: run(data={X:[1,float('inf')],Y:[1,2]}), gd.DataError, 'X holds 1 value(s) that are not fi'),
    ('text data', lambda: run(data={X:['a','b'],Y:[1,2]}), gd.DataError, 'X holds text; real numbers are nee'),
    ('complex data', lambda: run(data={X:[1j,2],Y:[1,2]}), gd.DataError, 'X holds complex numbers; real numb'),
    ('object data', lambda: run(data={X:[object(),2],Y:[1,2]}), gd.DataError, 'X is not a rectangular array of nu'),
    ('ragged', lambda: run(data={X:[[1],[2,3]],Y:[1,2]}), gd.DataError, 'X is not a rectangular array of nu'),
    ('unknown data', lambda: run(data={X:[1,2],Y:[1,2],Z:[1,2]}), gd.DataError, 'Z is in the data, but the cost has'),
    ('data list', lambda: run(data=[1,2]), gd.GdsymTypeError, 'data must be a dict such as {x: [1'),
    ('derive cost', lambda: gd.derive(gd.Cost(u+w,[w]), w), gd.GdsymTypeError, 'A SymPy expression or a text is needed, not Cost: J(w) = w + u. A cost is derived by itself: cost.partial(w).'),
    ('derive function', lambda: gd.derive(len, w), gd.GdsymTypeError, 'A SymPy expression or a text is needed, not builtin_function_or_method: <built-in function len>. Call a function with symbols'),
    ('data table', lambda: run(data=pd.DataFrame({'X': [1, 2]})), gd.GdsymTypeError, 'data must be a dict such as {x: [1, 2]}, not DataFrame. The columns of a table: dict(data).'),
    ('dates', lambda: run(data={X:np.array(['2026-01-01','2026-01-02'],'M8[D]'),Y:[1,2]}), gd.DataError, 'X holds dates; real numbers are needed. Count from a day'),
    ('complex parts', lambda: run(data={X:[1j,2],Y:[1,2]}), gd.DataError, 'X holds complex numbers; real numbers are needed. Give real and imaginary parts as two arrays, z.real and z.imag.'),
    ('range', lambda: gd.read('Sum(x[i], i=1)'), gd.ReadError, "An equation cannot be read: leave out the part up to `=`; on a curve a = b, write a - (b), with y(x) for y. In a condition, equal is written `==` or Eq(a, b). A sum's range is a triple, (i, 1, m)."),
    ('semicolon', lambda: gd.read('max(x; 0)'), gd.ReadError, '`;` is not read: give one formula at a time, and commas'),
    ('wrong size', lambda: run(data={X:[1,2],Y:[1,2],m:3}), gd.DataError, 'm is given as 3, but X has shape ('),
    ('scalar for array', lambda: run(data={X:3,Y:[1,2]}), gd.DataError, 'X has shape (), but it is written '),
    ('rate 0', lambda: run(learning_rate=0), gd.DescentError, 'learning_rate must be a positive n'),
    ('rate neg', lambda: run(learning_rate=-0.1), gd.DescentError, 'learning_rate must be a positive n'),
    ('rate nan', lambda: run(learning_rate=float('nan')), gd.DescentError, 'learning_rate must be a positive n'),
    ('rate inf', lambda: run(learning_rate=float('inf')), gd.DescentError, 'learning_rate must be a positive n'),
    ('rate text', lambda: run(learning_rate='fast'), gd.DescentError, 'learning_rate must be a positive n'),
    ('rate None', lambda: run(learning_rate=None), gd.GdsymTypeError, 'learning_rate must be a positive n'),
    ('rate list', lambda: run(learning_rate=[0.1]), gd.GdsymTypeError, 'learning_rate must be a positive n'),
    ('rate complex', lambda: run(learning_rate=1j), gd.GdsymTypeError, 'learning_rate must be a positive n'),
    ('rate bool', lambda: run(learning_rate=True), gd.GdsymTypeError, 'learning_rate must be a positive n'),
    ('rate sym', lambda: run(learning_rate=symbols('z')*0.1), gd.DescentError, 'The schedule 0.1*z contains z; the'),
    ('rate dict missing', lambda: run(learning_rate={w:0.1}), gd.DescentError, 'learning_rate has w; the parameter'),
    ('rate dict unknown', lambda: run(learning_rate={w:0.1,b:0.1,x:1}), gd.DescentError, 'learning_rate has w, b, x; the par'),
    ('rate negative later', lambda: run(learning_rate=1-symbols('k')), gd.DescentError, 'The schedule 1 - k gives -1.0 at k'),
    ('start missing', lambda: run(start={w:0}), gd.DataError, 'No value is given for the paramete'),
    ('start unknown', lambda: run(start={w:0,b:0,x:1}), gd.DataError, 'x is in the start, but the cost ha'),
    ('start nan', lambda: run(start={w:float('nan'),b:0}), gd.DataError, 'w is nan; a finite number is neede'),
    ('start text', lambda: run(start={w:'a',b:0}), gd.DataError, 'w holds text; real numbers are nee'),
    ('start vector', lambda: run(start={w:[1,2],b:0}), gd.DataError, 'w is a plain number in the formula'),
    ('start list', lambda: run(start=[0,0]), gd.GdsymTypeError, 'start must be a dict such as {w: 0}'),
    ('start None', lambda: run(start=None), gd.DataError, 'No value is given for the paramete'),
    ('start complex', lambda: run(start={w:1j,b:0}), gd.DataError, 'w holds complex numbers; real numb'),
    ('vec shape', lambda: gd.Cost(Sum((Sum(W[j]*Z[i,j],(j,1,n))-Y[i])**2,(i,1,m)),[W]).descend({W:[0,0,0]},{Z:[[1,2],[3,4]],Y:[1,2]}), gd.DataError, 'W has shape (3,) but Z has shape ('),
    ('vec scalar', lambda: gd.Cost(Sum((Sum(W[j]*Z[i,j],(j,1,n))-Y[i])**2,(i,1,m)),[W]).descend({W:0},{Z:[[1,2],[3,4]],Y:[1,2]}), gd.DataError, 'W has shape (), but it is written '),
    ('maxiter neg', lambda: line_cost.descend(START,DATA,maxiter=-1), gd.DescentError, 'maxiter is -1; it must be at least'),
    ('maxiter float', lambda: line_cost.descend(START,DATA,maxiter=1.5), gd.GdsymTypeError, 'maxiter is 1.5; give a whole numbe'),
    ('gtol neg', lambda: run(gtol=-1), gd.DescentError, 'gtol is -1.0; it must be finite an'),
    ('gtol text', lambda: run(gtol='a'), gd.GdsymTypeError, "gtol is 'a'; give a number, 0 to s"),
    ('batch 0', lambda: run(batch=0), gd.DescentError, 'batch is 0, but there are 3 sample'),
    ('batch big', lambda: run(batch=10), gd.DescentError, 'batch is 10, but there are 3 sampl'),
    ('batch text', lambda: run(batch='a'), gd.GdsymTypeError, "batch is 'a'; give the number of s"),
    ('rng text', lambda: run(batch=1,rng='a'), gd.GdsymTypeError, "rng is 'a'; give a numpy.random.Ge"),
    ('update', lambda: run(update='adm'), gd.DescentError, "Unknown update rule 'adm'; known: "),
    ('backend', lambda: run(backend='foo'), gd.CostError, "Unknown backend 'foo'; known: 'num"),
    ('keep_every', lambda: run(keep_every=0), gd.DescentError, 'keep_every is 0; it must be at lea'),
    ('derive none', lambda: gd.derive(None,x), gd.GdsymTypeError, 'A SymPy expression or a text is ne'),
    ('derive num wrt', lambda: gd.derive(x,2), gd.GdsymTypeError, 'Derivatives are taken by a symbol,'),
    ('derive list wrt', lambda: gd.derive(x,[x]), gd.GdsymTypeError, 'Derivatives are taken by a symbol,'),
    ('derive fn wrt', lambda: gd.derive(sin(x),sin(x)), gd.GdsymTypeError, 'Derivatives are taken by a symbol,'),
    ('derive detail', lambda: gd.derive(x,x,detail='loud'), gd.GdsymError, "Unknown detail 'loud'; known: full"),
    ('derive detail int', lambda: gd.derive(x,x,detail=3), gd.GdsymTypeError, "detail is 3; known: 'full', 'norma"),
    ('derive where', lambda: gd.derive(x,x,where=3), gd.GdsymTypeError, 'where must be a dict {name: defini'),
    ('derive known', lambda: gd.derive(x,x,known=3).text(), gd.GdsymTypeError, 'known is 3; give a set of rule nam'),
    ('derive pi', lambda: gd.derive(pi,pi), gd.GdsymTypeError, 'Derivatives are taken by a symbol,'),
    ('derive text pi', lambda: gd.derive('pi*x','pi'), gd.ReadError, 'A parameter or variable is needed,'),
    ('derive E', lambda: gd.derive('E','E'), gd.ReadError, 'A parameter or variable is needed,'),
    ('limit', lambda: gd.derive(Sum(X[i],(i,1,x)),x), gd.Unsupported, 'The limits of the sum over i depen'),
    ('bytes', lambda: gd.derive(b'x',x), gd.GdsymTypeError, 'A SymPy expression or a text is ne'),
    ('func', lambda: gd.derive(lambda t:t,x), gd.GdsymTypeError, 'A SymPy expression or a text is ne'),
    ('array', lambda: gd.derive(np.array([1]),x), gd.GdsymTypeError, 'A SymPy expression or a text is ne'),
    ('claims list', lambda: line_cost.check([1]), gd.GdsymTypeError, 'Claims are a dict {parameter: clai'),
    ('claims empty', lambda: line_cost.check({}), gd.CostError, 'There is no claim to check; give {'),
    ('claims unknown', lambda: line_cost.check({x:1}), gd.CostError, 'x is no parameter of this cost; it'),
    ('claim None', lambda: line_cost.check({w:None}), gd.GdsymTypeError, 'A SymPy expression or a text is ne'),
    ('claim text', lambda: line_cost.check({w:'('}), gd.ReadError, 'This bracket is never closed.'),
    ('claim complex', lambda: line_cost.check({w:I}), gd.ComplexInput, 'I is complex; gdsym derives real c'),
    ('sample bad', lambda: line_cost.sample(3), gd.GdsymTypeError, 'The letter of a sample is 3 (int);'),
    ('sample none', lambda: gd.Cost(w**2,[w]).sample(i), gd.CostError, 'The cost has no sum over data, so '),
    ('compile backend', lambda: line_cost.compile(backend='x'), gd.CostError, "Unknown backend 'x'; known: 'numpy"),
    ('value missing', lambda: line_cost.compile().value({w:1},DATA), gd.DataError, 'No value is given for the paramete'),
    ('insight', lambda: gd.Cost(Sum(sin(w*X[i]),(i,1,m)),[w]).insight({X:[1,2]}).max_rate, gd.CostError, 'The curvature of J depends on the '),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "kind", "begins"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_one_clear_error(ask: Callable[[], Any], kind: type[Exception], begins: str) -> None:
    with pytest.raises(gd.GdsymError) as caught:
        ask()
    message = str(caught.value)
    assert type(caught.value) is kind
    assert message.startswith(begins)
    assert 20 < len(message) <= 600
    assert "\n" not in message or kind is gd.ReadError  # a text is shown with a mark below the place
    assert "Traceback" not in message and "Sym(" not in message


def test_the_list_is_long() -> None:
    assert len(BAD) >= 110 and len({row[0] for row in BAD}) == len(BAD)


@pytest.mark.parametrize("wrong", [None, 3, 1.5, b"x", object(), [1], {1: 2}, (1,), float("nan"), lambda: 0, ...])
def test_wrong_types_everywhere(wrong: Any) -> None:
    """Whatever is handed in where, no exception is anything but a GdsymError; numbers are fair costs, None fair defaults."""
    key = 3 if isinstance(wrong, (list, dict)) else wrong
    doors: list[Callable[[], Any]] = [
        lambda: gd.derive(wrong, x), lambda: gd.derive(x, wrong), lambda: gd.derive(x, x, where=wrong), lambda: gd.derive(x, x, known=wrong),
        lambda: gd.derive(x, x, detail=wrong), lambda: gd.derive(x, x, method=wrong), lambda: gd.Cost(wrong, [w]), lambda: gd.Cost(line, [wrong]),
        lambda: gd.Cost(line, wrong), lambda: gd.Cost(line, [w], where=wrong), lambda: gd.Cost(line, [w], name=wrong), lambda: line_cost.partial(wrong),
        lambda: line_cost.check(wrong), lambda: line_cost.check({w: wrong}), lambda: line_cost.check({key: w}), lambda: gd.check(x**2, x, wrong),
        lambda: line_cost.gradient()[wrong], lambda: line_cost.hessian()[wrong], lambda: line_cost.sample(wrong), lambda: line_cost.compile(backend=wrong),
        lambda: run(start=wrong), lambda: run(data=wrong), lambda: run(start={w: wrong, b: 0}), lambda: run(data={X: wrong, Y: [1]}), lambda: run(data={key: 1}),
        lambda: run(learning_rate=wrong), lambda: run(gtol=wrong), lambda: run(update=wrong), lambda: gd.read(wrong),
    ]  # fmt: skip
    for at, door in enumerate(doors):
        try:
            door()
        except Exception as error:
            if not isinstance(error, gd.GdsymError) or not 15 < len(str(error)) <= 600:
                pytest.fail(f"door {at} with {wrong!r}: {type(error).__name__}: {error}")


def test_good_input_is_taken() -> None:
    assert gd.Cost("Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*m)", ["w", "b"]).params == (
        sp.Symbol("w"),
        sp.Symbol("b"),
    )
    assert set(gd.Cost(line).params) == {w, b}
    assert gd.Cost(Sum((W[1] * X[i] - Y[i]) ** 2, (i, 1, m)), W).params == (W,)
    assert gd.Cost(line, w).params == (w,)
    assert run().nit == 3


def test_a_cost_over_a_letter_j_is_called_otherwise() -> None:
    """A moment of inertia J: dJ/dJ would tell nothing."""
    cost = gd.Cost("Sum((J*x[i] - y[i])**2, (i, 1, m))", ["J"])
    assert cost.name == "C" and "∂C/∂J" not in str(cost.partial("J")) and "dC/dJ for C(J) = " in str(cost.partial("J"))
    assert gd.Cost("J*(w - 3)**2*C", ["w"]).name == "L" and gd.Cost("(w - 3)**2", ["w"]).name == "J"
    with pytest.raises(gd.CostError, match="The cost is called w, and so is a letter in it"):
        gd.Cost("(w - 3)**2", ["w"], name="w")


def test_infinity_may_end_an_integral() -> None:
    t = symbols("t")
    assert gd.derive(w * sp.Integral(sp.exp(-(t**2)), (t, -oo, oo)), w).result.has(sp.Integral)

"""What is left of a normal variable beyond a bound far out, where nearly all of it is at the bound: kernels for generated code."""

from __future__ import annotations

from typing import Final

from gdsym.arrays.kernels import rows

# (1 + 2 u)^2 (1 - sqrt(pi) u e^(u^2) erfc u) as a polynomial in (u - 15/4)/(u + 15/4), highest power first: its
# interpolation at the zeros of a Chebyshev polynomial, to 17 digits for all u >= 0; it is 1 at u = 0, and 2 far out.
LOSS: Final = (
    9.165597302672731e-09, -4.635318785019302e-08, -1.0667683851231736e-07, 5.479461042885283e-07, 6.777611471459802e-07,
    -3.991624695019682e-06, -2.761865861085323e-06, 2.565092652020491e-05, -4.998311494800376e-07, -0.00015623348196512743,
    0.00018001483742583315, 0.0007453345459043213, -0.0025056748148893446, 0.00036484917927154123, 0.01655631299887414,
    -0.05599207504034852, 0.10091575653353602, -0.09497624069246831, -0.032186205808601924, 0.2921085683672812,
    -0.5696699339603356, 0.6467986050615575, -0.347577943520835, -0.28891496883397466, 2.3342903551819307,
)  # fmt: skip
# (1 + 2 u)^2 (1 - 2/pi mills(u) (mills(u) - sqrt(pi) u)) as one in (u - 9/4)/(u + 9/4), made in the same way
SPREAD: Final = (
    -1.0697878629915803e-07, -1.5895909993641e-07, 6.14818400573164e-07, 1.1226530293933609e-06, -2.137911561844351e-07,
    -9.085877022902196e-07, -8.338688433706721e-06, -2.3929137296752222e-05, 2.835471846209375e-05, 0.00016630200530006918,
    2.155790804394652e-05, -0.0006458756065575058, -0.0005607804543334979, 0.0017703811376774204, 0.002894567309983814,
    -0.0035832244471612085, -0.010180244476117371, 0.004939119347080888, 0.029050632397410348, -0.0020114115325434744,
    -0.07275194866561221, -0.012546447870572422, 0.16838695162601208, 0.04387541622581019, -0.3728695240985528,
    -0.05863523320287818, 0.7866152980485426, -0.1665941944262803, -1.3191928077946233, 1.0115989285849847,
    1.9702561019369693,
)  # fmt: skip


def _of_arrays(name: str, said: str, centre: float, coefficients: tuple[float, ...]) -> str:
    return (
        f"def {name}(u):  # {said}, for u >= 0\n"
        "    u = np.minimum(u, 1e300)\n"
        f"    t = (u - {centre})/(u + {centre})\n"
        "    total = np.zeros_like(t)\n"
        f"    for c in {rows(coefficients)}:\n"
        "        total *= t\n"
        "        total += c\n"
        "    return total/(1 + 2*u)/(1 + 2*u)"
    )


def _of_one(name: str, said: str, centre: float, coefficients: tuple[float, ...]) -> str:
    return (
        f"def {name}(u):  # {said}, for u >= 0\n"
        "    u = min(u, 1e300)\n"
        f"    t = (u - {centre})/(u + {centre})\n"
        "    total = 0.0\n"
        f"    for c in {rows(coefficients)}:\n"
        "        total = total*t + c\n"
        "    return total/(1 + 2*u)/(1 + 2*u)"
    )


_LOSS = "mills_loss", "1 - sqrt(pi) u exp(u^2) erfc(u)", 3.75, LOSS
_SPREAD = "mills_spread", "1 - 2/pi mills(u) (mills(u) - sqrt(pi) u)", 2.25, SPREAD
OF_ARRAYS: Final = {row[0]: _of_arrays(*row) for row in (_LOSS, _SPREAD)}
OF_ONE: Final = {row[0]: _of_one(*row) for row in (_LOSS, _SPREAD)}

"""Names: LaTeX, Unicode and ASCII from the parts of a name, never a copy of it."""

import re

import pytest

from gdsym.writing.names import Name, ascii_name, latex_name, parsed, text_name

GOOD = [
    # name            LaTeX                        Unicode         ASCII
    ("w",             "w",                         "w",            "w"),
    ("alpha",         r"\alpha",                   "α",            "alpha"),
    ("θ",             r"\theta",                   "θ",            "theta"),
    (r"\theta",       r"\theta",                   "θ",            "theta"),
    (r"$\theta$",     r"\theta",                   "θ",            "theta"),
    ("lambda",        r"\lambda",                  "λ",            "lambda"),
    ("lamda",         r"\lambda",                  "λ",            "lambda"),
    ("theta_0",       r"\theta_{0}",               "θ₀",           "theta_0"),
    ("θ₀",            r"\theta_{0}",               "θ₀",           "theta_0"),
    ("theta1",        r"\theta_{1}",               "θ₁",           "theta_1"),
    ("w_1",           "w_{1}",                     "w₁",           "w_1"),
    ("w1",            "w_{1}",                     "w₁",           "w_1"),
    ("w_{12}",        "w_{12}",                    "w₁₂",          "w_12"),
    ("w_k",           "w_{k}",                     "wₖ",           "w_k"),
    ("w_b",           "w_{b}",                     "w_b",          "w_b"),
    ("x_i_j",         "x_{i,j}",                   "x_i_j",        "x_i_j"),
    ("x_max",         r"x_{\mathrm{max}}",         "xₘₐₓ",         "x_max"),
    ("alpha_max_1",   r"\alpha_{\mathrm{max},1}",  "α_max_1",      "alpha_max_1"),
    (r"\hat y",       r"\hat{y}",                  "ŷ",            "y_hat"),
    (r"\hat{y}_i",    r"\hat{y}_{i}",              "ŷᵢ",           "y_hat_i"),
    ("yhat",          r"\hat{y}",                  "ŷ",            "y_hat"),
    ("y_hat",         r"\hat{y}",                  "ŷ",            "y_hat"),
    ("hat_y",         r"\hat{y}",                  "ŷ",            "y_hat"),
    ("ŷ",             r"\hat{y}",                  "ŷ",            "y_hat"),
    ("ybar",          r"\bar{y}",                  "ȳ",            "y_bar"),
    ("theta_hat",     r"\hat{\theta}",             "θ̂",            "theta_hat"),
    ("x^{(i)}",       "x^{(i)}",                   "x^(i)",        "x_i"),
    ("w^*",           r"w^{\ast}",                 "w^*",          "w_star"),
    ("x^2",           "x^{(2)}",                   "x^(2)",        "x_2"),
    ("Y'",            "Y'",                        "Y′",           "Y_prime"),
    ("Error",         r"\mathrm{Error}",           "Error",        "Error"),
    ("Error_i",       r"\mathrm{Error}_{i}",       "Errorᵢ",       "Error_i"),
    ("learning_rate", r"\mathrm{learning\ rate}",  "learning_rate", "learning_rate"),
    ("Alpha",         r"\mathrm{A}",               "Α",            "Alpha"),
    ("omicron",       "o",                         "ο",            "omicron"),
    ("größe",         r"\mathrm{grosse}",          "größe",        "grosse"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "tex", "unicode", "plain"), GOOD)
def test_names_are_built_from_their_parts(name, tex, unicode, plain):
    assert (latex_name(name), text_name(name), ascii_name(name)) == (tex, unicode, plain)


def test_parts():
    assert parsed(r"\hat{w}_0^{(i)}") == Name("w", "hat", ("0",), "(i)")
    assert parsed("x").is_word is False
    assert parsed("Error").is_word is True


@pytest.mark.parametrize(
    ("name", "indices", "tex"),
    [
        ("x", ["i"], "x_{i}"),
        ("x", ["i", "j"], "x_{ij}"),
        ("x", ["1", "j"], "x_{1j}"),
        ("x", ["1", "2"], "x_{1,2}"),
        ("x", ["10", "2"], "x_{10,2}"),
        ("x", ["i-1", "j"], "x_{i-1,j}"),
        ("x", [r"\alpha", "j"], r"x_{\alpha j}"),
        ("theta_0", ["i"], r"\theta_{0,i}"),
        ("y_hat", ["i"], r"\hat{y}_{i}"),
        ("x^{(i)}", ["i"], "x^{(i)}"),
        ("x^{(i)}", ["3", "j"], "x_{j}^{(3)}"),
        ("Error", ["i"], r"\mathrm{Error}_{i}"),
    ],
)
def test_indices_in_latex(name, indices, tex):
    assert latex_name(name, indices) == tex


@pytest.mark.parametrize(
    ("name", "indices", "unicode", "plain"),
    [
        ("x", ["i"], "xᵢ", "x[i]"),
        ("x", ["i", "j"], "xᵢⱼ", "x[i, j]"),
        ("x", ["i - 1"], "xᵢ₋₁", "x[i - 1]"),
        ("x", ["q"], "x[q]", "x[q]"),
        ("x", ["1", "2"], "x[1, 2]", "x[1, 2]"),
        ("theta_0", ["i"], "θ₀[i]", "theta_0[i]"),
        ("x^{(i)}", ["i", "j"], "x^(i)ⱼ", "x[i, j]"),
    ],
)
def test_indices_in_text(name, indices, unicode, plain):
    assert text_name(name, indices) == unicode
    assert ascii_name(name, indices) == plain


HOSTILE = [
    "%", "50%", "a&b", "#", "_", "{", "}", "\\", "$", "<script>alert(1)</script>", '"><img src=x>', "a\nb", "x\r\ny",
    r"\input{/etc/passwd}", r"\end{document}", r"\write18{rm}", "% & # _ { } \\ $ < >", "`code`", "**bold**", "[a](b)",
    "![a](b)", "a|b", "~", "^", "^^M", "\x1b[31mred", "", " ", "x" * 5000, "中", "\u202e", "a}b{c",
    "$$", "\\\\", "&lt;",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_tex_html_or_markdown(name):
    tex, unicode, plain = latex_name(name, ["i"]), text_name(name), ascii_name(name)
    commands = set(re.findall(r"\\[A-Za-z]+|\\.", tex))
    assert commands <= {r"\mathrm", "\\ ", r"\ast"}
    assert not set(tex) & set('%&#$<>"~`*|\n\r')
    assert tex.count("{") == tex.count("}")
    for shown in (unicode, plain):
        assert not set(shown) & set('%&#$<>"~`*|\n\r\\{}!\x1b\u202e')
        assert 0 < len(shown) < 120
    assert plain.isascii()


def test_two_hostile_names_stay_apart():
    assert latex_name("50%") == r"\mathrm{50\ percent}"
    assert latex_name("a+b") == r"\mathrm{a\ plus\ b}"
    assert text_name("a-b") == "a_minus_b"

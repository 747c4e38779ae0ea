"""The benchmark of derivations compares what is equal."""

from benchmarks.derivation import agree, derived, least_squares, network, squares


def test_gradients_without_checks_are_those_of_sympy():
    for case in (squares(12), least_squares(5, 3), network(2, 3, 2)):
        agree(case)


def test_the_gradient_of_squares_is_one_term_each():
    assert [str(node.to_sympy()) for node in derived(squares(3))] == ["2*x1 - 2", "2*x2 - 4", "2*x3 - 6"]

"""The letters of the articles, once for all examples."""

from sympy import IndexedBase, symbols

w, b, alpha, k = symbols("w b alpha k")  # weight, intercept, learning rate, step of a descent
i, j, m, n, N = symbols("i j m n N", integer=True, positive=True)  # sample, feature, and how many of each
x, y, f = map(IndexedBase, ("x", "y", "f"))  # inputs, targets, predictions

"""How many points a claim is looked at, of which kinds, before it is given up, and with how many bits."""

SMOOTH, MANY = 8, 16  # points; more where cases are distinguished
RARE = 25  # times as many are drawn where the sides have values at few: sqrt(x - a^2 - 100)
SLOW, SLOWER, SPECIAL_SLOW = 4, 2, 6  # fewer for integrals, for integrals of integrals; switching points of integrals
TOO_LONG = 2  # points at which integrals need too many values, before they are given up
TERMS_TRIED = 100_000  # of sums and products, at points at which not both sides have values
EVERYWHERE = ("mixed", "positive")  # where a condition is looked for that is one of each entry
LARGE = 500  # numbers in a claim of cases that few of these points are beyond
AT_MORE_BITS, SOME_MORE = 2, 512  # of them; bits there of special functions, whose differences are not known to more

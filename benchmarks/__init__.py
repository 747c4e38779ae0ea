"""How fast gdsym is beside what people write by hand: `python -m benchmarks` prints the tables as Markdown."""

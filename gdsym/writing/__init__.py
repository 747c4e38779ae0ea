"""The written form as LaTeX and as text, with as few parentheses as can be and never ambiguous; one visitor a file."""

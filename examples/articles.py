"""The three articles, in order."""

from examples import article_a, article_b, article_c

ARTICLES = (article_a.ARTICLE, article_b.ARTICLE, article_c.ARTICLE)

"""The title of a page of several articles that prints none of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.page import DraftArticle, LabelledPage
from indexer.record.page_metadata import file_name

# Common words shorter than this name nothing.
_SHORTEST_COMMON = 4
_ARTICLE_FIGURE = re.compile(
    r"\s*[(（【\[]?(?:第|篇)?(?:[一二三四五六七八九十百]{1,4}|\d{1,3})?篇?[)）】\]]?[:：]?$"
)
# The words, before and behind, by which a compiler tells his choice from others of the name.
_CHOSEN = re.compile(r"^(?:(?:精选|优选|优秀|最新|实用|热门|通用|推荐|经典|\d{4}最新)(?:的|版)?)+")
_SORT = re.compile(
    r"(?:简短|精选|优秀|范文|范例|例文|样本|模板|通用|最新|大全|汇总|汇编|合集|锦集|怎么写|[(（][^()（）]{0,6}[)）])+$"
)


def named(page: LabelledPage, articles: Sequence[DraftArticle]) -> LabelledPage:
    """`page` under the common title of its `articles`, where it prints no title of its own.

    Its title is then that of the first article, or the name of its file.
    """
    if page.page.title or len(articles) < 2:
        return page
    titles = [article.title for article in articles if article.title]
    if len(titles) < len(articles):
        return page
    whole = common_title(titles)
    own = (file_name(page.page), titles[0], _without_figure(titles[0]))
    if whole is None or page.title not in own:
        return page
    return replace(page, title=whole)


def common_title(titles: Sequence[str]) -> str | None:
    """What article titles have in common, without figures and the compiler's words.

    >>> common_title(["精选教育局工作总结简短一", "精选教育局工作总结简短二"])
    '教育局工作总结'
    >>> common_title(["【篇一】", "【篇二】"])
    """
    bare = {_SORT.sub("", _CHOSEN.sub("", _without_figure(title))).strip() for title in titles}
    return next(iter(bare)) if len(bare) == 1 and len(min(bare)) >= _SHORTEST_COMMON else None


def _without_figure(title: str) -> str:
    return _ARTICLE_FIGURE.sub("", title).strip()

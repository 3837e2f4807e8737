"""How a template becomes Python: what it prints is escaped as text, without a class around it.

A page of results prints some nine hundred values. Jinja makes a `Markup` of each, which says
that it is safe; what is printed only goes into the page, and needs nobody to know.
"""

from __future__ import annotations

from html import escape
from typing import Any

from flask.templating import Environment
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context
from markupsafe import escape as marked_safe

from web.i18n import Language


def written(value: object) -> str:
    """Return `value` as it stands in a page: escaped, unless it says that it is safe.

    >>> written('<"3 & 4\\'s">'), written(3)
    ('&lt;&quot;3 &amp; 4&#x27;s&quot;&gt;', '3')
    """
    if type(value) is str:
        return escape(value)
    if type(value) is int:
        return str(value)
    return marked_safe(value)


class _Generator(CodeGenerator):
    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class _Context(Context):
    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template calls; words, the most of it by far, without looking twice."""
        if type(called) is Language:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return called(*args, **kwargs)
        return super().call(called, *args, **kwargs)


class Templates(Environment):
    """The templates of the pages."""

    code_generator_class = _Generator
    context_class = _Context
    written = staticmethod(written)

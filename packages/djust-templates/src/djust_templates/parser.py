"""Compiling a template: the native compiler in front, Django's parser for the libraries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template import Node, Origin
from django.template.base import NodeList, Parser, Token, TokenType
from django.template.context import Context
from django.template.defaulttags import find_library
from django.template.library import Library
from django.template.loader_tags import BlockNode
from django.utils.safestring import SafeString

from djust_templates import _native
from djust_templates._support import Refused, shows_nothing

# Where django.template.loader_tags keeps the names of the blocks it has seen.
_LOADED_BLOCKS = "__loaded_blocks"


class CompiledNodeList(NodeList):
    """The body of a library's tag: Django's nodes to look at, rendered natively."""

    def __init__(self, nodes: NodeList, session: _native.Session, body: int) -> None:
        super().__init__(nodes)
        self.contains_nontext = nodes.contains_nontext
        self.session = session
        self.body = body
        self._size = len(nodes)

    def render(self, context: Context) -> SafeString:
        """Return the rendered body, as text that is safe."""
        running: Any = context
        template = running.render_context.template or running.template
        if len(self) == self._size:
            text = _native.render_context(
                self.session, template, running.template.engine, context, self.body
            )
            if text is not None:
                return text
        return super().render(context)


class LibraryParser(Parser):
    """Django's parser as the functions of tag libraries know it, for one template.

    It holds the tags and filters that are loaded so far. When a library's function asks it to
    parse a body, the body is compiled natively too.

    Args:
        source: The template.
        origin: Where it comes from.
        libraries: The libraries that ``{% load %}`` finds.
        builtins: The tags and filters that are always loaded, of all such libraries.
        session: The compilation.
        debug: Whether tokens know their positions, as with Django's ``DebugLexer``.
    """

    def __init__(
        self,
        source: str,
        origin: Origin,
        libraries: dict[str, Library],
        builtins: Library,
        session: _native.Session,
        debug: bool = False,
    ) -> None:
        super().__init__([], libraries, [], origin)
        self.tags.update(builtins.tags)
        self.filters.update(builtins.filters)
        self._source = source
        self._session = session
        self._debug = debug
        self._reversed: list[Token] | None = None
        self._plain = False

    def _all_tokens(self) -> list[Token]:
        if self._reversed is None:
            tokens = [
                Token(TokenType(kind), contents, (start, end) if self._debug else None, line)
                for kind, contents, line, start, end in _native.tokenize(self._source)
            ]
            tokens.reverse()
            self._reversed = tokens
        return self._reversed

    def load(self, names: list[str]) -> None:
        """Add whole libraries, as ``{% load %}`` does."""
        for name in names:
            self.add_library(find_library(self, name))

    def compile_tag(self, index: int) -> tuple[Node | None, int]:
        """Compile the library tag at token ``index``.

        Returns:
            The node, ``None`` when it never shows anything, and the index of the next token.
        """
        tokens = self._all_tokens()
        token = tokens[len(tokens) - 1 - index]
        self.tokens = tokens[: len(tokens) - 1 - index]
        command = token.contents.split()[0]
        self.command_stack.append((command, token))
        node = self.tags[command](self, token)
        self.command_stack.pop()
        if node.must_be_first or isinstance(node, BlockNode):
            raise Refused("unsupported", f"{command} takes part in template inheritance.")
        node.token = token
        node.origin = self.origin
        position = self._position()
        return (None if shows_nothing(node) else node), position

    def _position(self) -> int:
        """The index of the next token, when the tokens are still those of the source."""
        tokens = self._all_tokens()
        left = len(self.tokens)
        if left > len(tokens) or (left and self.tokens[-1] is not tokens[left - 1]):
            raise Refused("unsupported", "A tag has put tokens of its own into the template.")
        return len(tokens) - left

    def parse(self, parse_until: Iterable[str] | None = None) -> NodeList:
        """Parse up to one of the tags ``parse_until``, natively and into Django's nodes."""
        until = list(parse_until or ())
        if self._plain:
            return super().parse(until)
        start = self._position()
        blocks: Any = getattr(self, _LOADED_BLOCKS, None)
        known = None if blocks is None else list(blocks)
        tags, filters = self.tags.copy(), self.filters.copy()
        self._plain = True
        try:
            nodes = super().parse(until)
        finally:
            self._plain = False
        if known is not None:
            setattr(self, _LOADED_BLOCKS, known)
        elif hasattr(self, _LOADED_BLOCKS):
            delattr(self, _LOADED_BLOCKS)
        end = self._position()
        # The native compiler sees the body's own {% load %} again.
        self.tags.clear()
        self.tags.update(tags)
        self.filters.clear()
        self.filters.update(filters)
        body, position = self._session.body(self, start, until)
        if position != end:
            raise Refused("unsupported", "A tag leaves the template where it cannot be followed.")
        rest = self._all_tokens()
        self.tokens = rest[: len(rest) - end]
        return CompiledNodeList(nodes, self._session, body)

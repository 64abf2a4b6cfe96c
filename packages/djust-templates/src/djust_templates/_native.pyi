from collections.abc import Callable
from typing import Any

from django.template.base import Template
from django.template.context import Context
from django.utils.safestring import SafeString

from djust_templates.parser import LibraryParser

class Session:
    def body(self, parser: LibraryParser, position: int, until: list[str]) -> tuple[int, int]: ...

def compile(source: str, parser: LibraryParser, session: Session) -> None: ...
def tokenize(source: str) -> list[tuple[int, str, int, int, int]]: ...
def render_values(
    session: Session,
    template: Template,
    engine: Any,
    values: dict[str, Any] | None = None,
    request: Any = None,
) -> SafeString | None: ...
def render_context(
    session: Session,
    template: Template,
    engine: Any,
    context: Context,
    body: int | None = None,
) -> SafeString | None: ...
def explain(
    template: Template, find: Callable[[str, list[Template]], Template | None]
) -> (
    tuple[
        list[Template],
        list[tuple[int, str, str, str | None, int, int, int, int, list[str]]],
    ]
    | None
): ...

class Unsayable(Exception): ...

class PrintedPage:
    @property
    def text(self) -> str: ...

class LiveTemplate:
    def __init__(
        self,
        template: Template,
        find: Callable[[str, list[Template]], Template | None],
    ) -> None: ...
    @property
    def templates(self) -> list[Template]: ...
    def render_values(
        self,
        engine: Any,
        values: dict[str, Any] | None = None,
        request: Any = None,
        page: LivePage | None = None,
    ) -> PrintedPage | None: ...
    def render_context(
        self, engine: Any, context: Context, page: LivePage | None = None
    ) -> PrintedPage | None: ...

class LivePage:
    def __init__(self, template: LiveTemplate, printed: PrintedPage, secret: int) -> None: ...
    def update(self, printed: PrintedPage) -> bytes: ...
    def take_doubles(
        self,
    ) -> list[tuple[str, str, tuple[int, int, int, int] | None]]: ...
    @property
    def node_count(self) -> int: ...
    @property
    def structure_hash(self) -> int: ...
    @property
    def digest(self) -> int: ...
    def renumber(self) -> None: ...
    def rest(self) -> None: ...
    def __sizeof__(self) -> int: ...

"""Language and time zone of a context in whichever thread it is entered.

Django keeps both in :class:`asgiref.local.Local`. From asgiref 3.13 on that marks what it holds
with the thread that set it, and hides it from others; what asgiref moves between threads by itself
it marks anew, and so must who moves a context otherwise.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from asgiref import local

Params = ParamSpec("Params")
Result = TypeVar("Result")

# None before asgiref 3.13, which hides nothing.
_Storage: Any = getattr(local, "_Storage", None)


def run_in(
    context: contextvars.Context,
    function: Callable[Params, Result],
    *args: Params.args,
    **kwargs: Params.kwargs,
) -> Result:
    """Call ``function`` in ``context``, with what asgiref keeps there at home in this thread."""
    if _Storage is not None:
        thread_id = threading.get_ident()
        strange = [
            (variable, value.data)
            for variable, value in context.items()
            if type(value) is _Storage and value.thread_id != thread_id
        ]
        for variable, data in strange:
            context.run(variable.set, _Storage(thread_id, data))
    return context.run(function, *args, **kwargs)

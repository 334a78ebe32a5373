"""Runs one program: compiles it, waits for its end and gives the closing frame as JSON text."""

import ast
import asyncio
import builtins
import errno
import importlib
import inspect
import io
import json
import linecache
import logging
import os
import random
import sys
import textwrap
import time

from sandbox_guest import guest_globals
from sandbox_report import FILE, exit_frame, failure_frame, success_frame

_dumps = json.dumps
# What programs import most, apart from the above: from the snapshot it costs nothing, else up to a second.
_COMMON_MODULES = (
    "base64 collections contextlib copy csv dataclasses datetime decimal difflib enum fractions functools hashlib "
    "heapq html itertools math operator pathlib pprint re secrets statistics string tempfile typing "
    "unicodedata urllib.parse uuid"
)
_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def warm_up():
    """Imports and sets up whatever does not depend on the program: the snapshot then holds it."""
    for name in _COMMON_MODULES.split():
        importlib.import_module(name)
    builtins.input = _no_input
    os.system = _no_process
    os.environ.pop("_", None)
    sys.argv = [FILE]
    for source in ("(", "{}['missing']"):
        # Formatting a traceback imports what it needs for colours and hints.
        try:
            compile(source, FILE, "eval", _FLAGS)
            eval(source)
        except (SyntaxError, KeyError) as error:
            failure_frame(error)


def prepare():
    """Makes this start different from every other start from the same snapshot, and wires the output."""
    random.seed()
    logging._startTime = time.time_ns()
    sys.modules["__main__"].__dict__.pop("_pyodide_core", None)
    sys.path[:] = dict.fromkeys(sys.path)
    # Unbuffered, as `python -u`: everything printed is out, in order, whenever and however the program ends.
    options = {"encoding": "utf-8", "errors": "backslashreplace", "write_through": True}
    sys.stdout = sys.__stdout__ = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), **options)
    sys.stderr = sys.__stderr__ = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), **options)


def start(code, port, finish):
    """Starts the program; `finish` takes its closing frame as JSON text."""
    loop = asyncio.get_event_loop()

    def end(frame):
        finish(_dumps(frame))

    # Both may come from a task that the program started and nobody awaits.
    loop._system_exit_handler = lambda code: end(exit_frame(code))
    loop._keyboard_interrupt_handler = lambda: end(failure_frame(KeyboardInterrupt()))
    loop.create_task(_outcome(code, guest_globals(port))).add_done_callback(lambda task: end(_frame_of(task)))


async def _outcome(code, interface):
    try:
        value = await _execute(code, interface)
        await _cancel_leftovers()
        return success_frame(value)
    except SystemExit as error:
        return exit_frame(error.code)
    except BaseException as error:
        return failure_frame(error)


def _frame_of(task):
    try:
        return task.result()
    except BaseException as error:
        return failure_frame(error)


async def _execute(code, interface):
    """The value of the last expression, if the program ends in one."""
    code = _unindented(code)
    main = sys.modules["__main__"].__dict__
    main.update(interface)
    linecache.cache[FILE] = (len(code), None, code.splitlines(keepends=True), FILE)
    tree = compile(code, FILE, "exec", ast.PyCF_ONLY_AST | _FLAGS)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    await _evaluate(compile(tree, FILE, "exec", _FLAGS), main)
    if last is None:
        return None
    value = await _evaluate(compile(ast.Expression(last.value), FILE, "eval", _FLAGS), main)
    # `main()` as the last line of a program that defines `async def main()`: awaited, as it was surely meant.
    return await value if inspect.iscoroutine(value) else value


def _unindented(code):
    """The program without a byte order mark or the indentation of the text that it was quoted in."""
    code = code.removeprefix("\ufeff")
    first = next((line for line in code.splitlines() if line.strip()), "")
    return textwrap.dedent(code) if first[:1] in (" ", "\t") else code


async def _evaluate(code, main):
    value = eval(code, main)
    return await value if code.co_flags & inspect.CO_COROUTINE else value


async def _cancel_leftovers():
    """Cancels tasks that nobody awaited and sees them end, as asyncio.run() does."""
    leftovers = asyncio.all_tasks() - {asyncio.current_task()}
    for task in leftovers:
        task.cancel()
    await asyncio.gather(*leftovers, return_exceptions=True)


def _no_input(prompt=""):
    raise EOFError("input() is not available: a program in the sandbox has no keyboard; put the values into the code")


def _no_process(command):
    raise OSError(errno.ENOTSUP, "the sandbox cannot start processes")

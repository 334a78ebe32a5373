"""Turns what a program leaves behind, a value or an exception, into the closing frame."""

import json
import re
import sys
import traceback

from sandbox_guest import BridgeError

_dumps = json.dumps

FILE = "user.py"
_STACK_CHARACTERS = 16_000
_DEPTH = 64
# The engine's word for a refusal, and our own.
_DENIED = re.compile(r'\bRequires (\w+ access(?: to "[^"]*")?), run again with |\bNot allowed in the sandbox: (.+)')
# Beyond this, JSON readers round a whole number (RFC 8259, section 6).
_EXACT = 2**53 - 1
_INEXACT = "Whole numbers beyond 2**53 - 1 are given as strings, because JSON readers would round them."
_NOT_JSON = "The last expression is no JSON value; the result is its text form."


def success_frame(value):
    """The frame of a program that ended well with this value of its last expression."""
    if value is None:
        return {"ok": True}
    try:
        _check_depth(value, ())
        frame = {"ok": True, "result": _dumps(_exact(value), allow_nan=False)}
        return frame if _is_exact(value) else {**frame, "warning": _INEXACT}
    except _TooDeep:
        # The host refuses it by name; the real text could overflow the stack of whoever writes it.
        return {"ok": True, "result": "[" * (_DEPTH + 1) + "]" * (_DEPTH + 1)}
    except Exception:
        # A set, a NaN, a cycle, an object of a class: shown as text instead.
        return {"ok": True, "result": _dumps(_shown(value)), "warning": _NOT_JSON}


def _is_exact(value):
    """Whether no whole number in it is beyond what JSON readers keep."""
    if isinstance(value, dict):
        return all(map(_is_exact, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_exact, value))
    return not isinstance(value, int) or abs(value) <= _EXACT


def _exact(value):
    """The value with such numbers as strings."""
    if _is_exact(value):
        return value
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_exact(item) for item in value]
    return str(value)


class _TooDeep(Exception):
    pass


def _check_depth(value, outer):
    """Raises where containers nest deeper than a result may; a cycle is not deep, only no JSON."""
    if not isinstance(value, (list, tuple, dict)):
        return
    if id(value) in outer:
        raise ValueError("cycle")
    if len(outer) == _DEPTH:
        raise _TooDeep
    inner = (*outer, id(value))
    for item in value.values() if isinstance(value, dict) else value:
        _check_depth(item, inner)


def failure_frame(error):
    """The frame of a program that raised; `error` may be any exception, ones whose methods raise included."""
    try:
        return {"ok": False, "error": _describe(error)}
    except BaseException:
        return {"ok": False, "error": {"message": "The program raised an exception that cannot be shown"}}


def exit_frame(code):
    """The frame of a program that called sys.exit(code)."""
    if code is None or (isinstance(code, int) and code == 0):
        return {"ok": True}
    text = f"Program exited with code {int(code)}" if isinstance(code, int) else f"Program exited: {_text(code)}"
    return {"ok": False, "error": {"message": text}}


def _describe(error):
    denied = _DENIED.search(_text(error)) if type(error).__name__ == "JsException" else None
    described = {
        "message": f"Not allowed in the sandbox: {denied[1] or denied[2]}" if denied else _title(error),
        "kind": "policy" if denied else "exception",
        "stack": _own_stack(error),
    }
    if isinstance(error, BridgeError):
        if isinstance(error.code, str):
            described["code"] = error.code
        if isinstance(error.quota_remaining, dict):
            described["quotaRemaining"] = error.quota_remaining
    return described


def _title(error):
    """Errors of the bridge keep their exact message; others are named, as Python itself shows them."""
    text = _text(error)
    if isinstance(error, BridgeError):
        return text
    if isinstance(error, ModuleNotFoundError) and error.name:
        text += _availability(str(error.name))
    name = getattr(error, "name", None) if type(error).__name__ == "JsException" else None
    name = name if isinstance(name, str) else type(error).__name__
    if text.startswith(f"{name}: "):
        return text
    return f"{name}: {text}" if text else name


def _availability(module):
    root = module.partition(".")[0]
    if root in sys.modules:
        return ""
    if root in sys.stdlib_module_names:
        return " (this part of the standard library does not exist in the sandbox)"
    return " (only Python's standard library is available in the sandbox; packages cannot be installed)"


def _text(value):
    try:
        return str(value)
    except BaseException:
        return f"<{type(value).__name__} that cannot be shown>"


def _shown(value):
    try:
        return repr(value)
    except BaseException:
        return f"<{type(value).__name__} that cannot be shown>"


def _own_stack(error):
    """A traceback of the program's own lines alone."""
    trace = traceback.TracebackException.from_exception(error)
    _keep_own_frames(trace)
    text = "".join(trace.format()).rstrip("\n")
    if len(text) <= _STACK_CHARACTERS:
        return text
    # The end names the exception: the middle is what can be missed.
    return f"{text[:4_000]}\n[…]\n{text[4_000 - _STACK_CHARACTERS + 10:]}"


def _keep_own_frames(trace, seen=None):
    seen = set() if seen is None else seen
    if trace is None or id(trace) in seen:
        return
    seen.add(id(trace))
    trace.stack[:] = [frame for frame in trace.stack if frame.filename == FILE]
    for other in (trace.__cause__, trace.__context__, *(trace.exceptions or ())):
        _keep_own_frames(other, seen)

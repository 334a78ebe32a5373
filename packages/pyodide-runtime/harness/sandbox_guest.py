"""What a program finds beside Python itself: llm, call_mcp_tool and the tool discovery calls."""

import json

_dumps, _loads = json.dumps, json.loads


class BridgeError(RuntimeError):
    """A refusal or failure of a call; `code` is stable, the message is for people."""

    def __init__(self, message, code=None, quota_remaining=None):
        super().__init__(message)
        self.code = code
        self.quota_remaining = quota_remaining


def _invalid(message):
    return BridgeError(f"Invalid request: {message}", "invalid_request")


def _json(value, what):
    try:
        return _dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise _invalid(f"{what} must be JSON values: {error}") from None


def _unwrap(text):
    answer = _loads(text)
    if "error" in answer:
        error = answer["error"]
        raise BridgeError(error.get("message"), error.get("code"), error.get("quotaRemaining"))
    return answer["value"]


def _body(messages, system_prompt, max_tokens, model):
    body = {"messages": messages, "systemPrompt": system_prompt, "maxTokens": max_tokens, "model": model}
    # An absent field means the bridge's default; an empty system prompt means none.
    return _json({key: value for key, value in body.items() if value not in (None, "")}, "the arguments")


def _user(prompt):
    if not isinstance(prompt, str):
        raise _invalid(f"prompt must be a string, got {type(prompt).__name__}")
    return [{"role": "user", "content": prompt}]


def _conversation(messages):
    if not isinstance(messages, (list, tuple)):
        raise _invalid(f"messages must be a list, got {type(messages).__name__}")
    return messages


def _name(name):
    if not isinstance(name, str):
        raise _invalid(f"the tool name must be a string, got {type(name).__name__}")
    return name


class LLM:
    """The model, asked through the bridge of this execution."""

    __slots__ = ("_port",)

    def __init__(self, port):
        object.__setattr__(self, "_port", port)

    def __setattr__(self, name, value):
        raise AttributeError(f"llm.{name} cannot be set")

    def __repr__(self):
        return "<llm: ask, think, stream, budget>"

    async def ask(self, prompt, system_prompt="", max_tokens=1000, stream=False, model=None):
        """The answer to one question, whole."""
        return _unwrap(await self._port.sample(_body(_user(prompt), system_prompt, max_tokens, model)))

    async def think(self, messages, model=None, max_tokens=1000, system_prompt="", stream=False):
        """The answer to a conversation, whole."""
        return _unwrap(await self._port.sample(_body(_conversation(messages), system_prompt, max_tokens, model)))

    async def stream(self, prompt=None, system_prompt="", max_tokens=1000, model=None, messages=None):
        """The answer piece by piece, to a question or a conversation."""
        given = prompt if messages is None else messages
        turns = _user(given) if isinstance(given, str) else _conversation(given)
        pieces = self._port.openStream(_body(turns, system_prompt, max_tokens, model))
        try:
            while (text := _unwrap(await pieces.next())) is not None:
                yield text
        finally:
            pieces.close()

    def budget(self):
        """What is left of this execution's rounds and tokens."""
        return _loads(self._port.budget())


def guest_globals(port):
    """The interface on a port, by the names under which a program finds it."""

    async def call_mcp_tool(name, args=None):
        """Calls a tool `mcp__server__tool`; what it gives arrives as plain Python values."""
        if args is not None and not isinstance(args, dict):
            raise _invalid(f"the arguments of {_name(name)} must be a dict, got {type(args).__name__}")
        return _unwrap(await port.callTool(_name(name), _json(args or {}, f"the arguments of {name}")))

    async def discover_mcp_tools(search=None):
        """The tools that this execution may call: dicts of name, description, inputSchema."""
        return _unwrap(await port.listTools("" if search is None else str(search)))

    async def search_tools(query, limit=10):
        """The first `limit` tools that match."""
        return _unwrap(await port.listTools(str(query)))[:limit]

    async def get_tool_schema(name):
        """One tool's description and schemas."""
        for tool in _unwrap(await port.listTools("")):
            if tool["name"] == _name(name):
                return tool
        raise BridgeError(f"Tool not allowed: {name}", "tool_not_allowed")

    return {
        "llm": LLM(port),
        "call_mcp_tool": call_mcp_tool,
        "discover_mcp_tools": discover_mcp_tools,
        "search_tools": search_tools,
        "get_tool_schema": get_tool_schema,
    }

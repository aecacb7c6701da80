"""A model that says what a script says, on 127.0.0.1, in the way in which OpenAI's chat completions are streamed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Script = Sequence[tuple[str, Mapping[str, Any]]]
"""Tools with what they are given, one after the other."""


@contextmanager
def scripted_model(scripts: Mapping[str, Script]) -> Iterator[int]:
    """Its port. A conversation follows the script whose name its first prompt has in it; after the last tool, it is done."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer = b"".join(
                b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in _chunks(asked, scripts)
            )
            answer += b"data: [DONE]\n\n"
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def _chunks(asked: Mapping[str, Any], scripts: Mapping[str, Script]) -> list[dict[str, Any]]:
    messages = asked["messages"]
    prompt = next((json.dumps(one["content"]) for one in messages if one["role"] == "user"), "")
    script = next((script for name, script in scripts.items() if name in prompt), ())
    done = sum(one["role"] == "tool" for one in messages)
    delta: dict[str, Any] = {"role": "assistant", "content": "done"}
    reason = "stop"
    if asked.get("tools") and done < len(script):
        tool, given = script[done]
        function = {"name": tool, "arguments": json.dumps(given)}
        delta = {"tool_calls": [{"index": 0, "id": f"call_{done}", "type": "function", "function": function}]}
        reason = "tool_calls"
    shared = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "model-x"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return [
        {**shared, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**shared, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}], "usage": usage},
    ]

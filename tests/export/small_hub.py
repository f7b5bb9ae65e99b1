"""A Hub on this machine: as much of its interface as uploading and downloading small files takes."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Files = dict[str, bytes]


class Hub(ThreadingHTTPServer):
    """Repositories with their files, by name, and the paths that were asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.repositories: dict[str, Files] = {}
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        length = self.headers["Content-Length"]
        body = self.rfile.read(int(length)) if length else self.chunks()
        words = self.asked()
        if words == ["api", "repos", "create"]:
            asked = json.loads(body)
            name = f"{asked.get('organization', 'me')}/{asked['name']}"
            self.server.repositories.setdefault(name, {})
            self.say({"url": f"{self.server.address}/{name}"})
        elif words == ["api", "validate-yaml"]:
            self.say({"errors": [], "warnings": []})
        elif words[4] == "preupload":
            files = [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False}
                for file in json.loads(body)["files"]
            ]
            self.say({"files": files})
        else:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    content = base64.b64decode(line["value"]["content"])
                    self.files(words[2:4])[line["value"]["path"]] = content
            commit = self.commit(words[2:4])
            address = f"{self.server.address}/{'/'.join(words[2:4])}/commit/{commit}"
            self.say({"success": True, "commitOid": commit, "commitUrl": address})

    def do_GET(self) -> None:
        words = self.asked()
        own = words[2:4] if words[0] == "api" else words[:2]
        if "/".join(own) not in self.server.repositories:
            self.say({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})
        elif words[0] != "api":
            content = self.files(own)[words[4]]
            self.send({"X-Repo-Commit": self.commit(own), "ETag": f'"{blob(content)}"'}, content)
        elif words[4:5] == ["tree"]:
            files = self.files(own).items()
            self.say([{"type": "file", "path": path, "size": len(it), "oid": blob(it)} for path, it in files])
        else:
            self.say({"id": "/".join(own), "sha": self.commit(own), "siblings": []})

    do_HEAD = do_GET  # noqa: N815

    def asked(self) -> list[str]:
        path = self.path.partition("?")[0].strip("/")
        self.server.asked.append(path)
        return path.split("/")

    def files(self, own: list[str]) -> Files:
        return self.server.repositories["/".join(own)]

    def commit(self, own: list[str]) -> str:
        return hashlib.sha1(repr(sorted(self.files(own).items())).encode()).hexdigest()

    def chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def say(self, answer: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send({"Content-Type": "application/json", **(headers or {})}, json.dumps(answer).encode(), status)

    def send(self, headers: dict[str, str], content: bytes, status: int = 200) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def blob(content: bytes) -> str:
    """The name that git gives a file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@contextmanager
def small_hub() -> Iterator[Hub]:
    """A Hub that answers in a thread of its own until the end of the block."""
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()

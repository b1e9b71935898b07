"""A session, real clients of it, and a network between them that does what a test wants.

The clients are the TypeScript runtime in one long-living Node process, spoken to over its stdin and
stdout. Messages lie in queues, one for each client and direction, until the test moves them on: late, twice, or never.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict, deque
from pathlib import Path
from typing import Any
from weakref import WeakSet

from node_process import NodeProcess, bundle_for_node

from jsmodel.event import loop
from jsmodel.protocol import parse_message
from jsmodel.session import Session
from jsmodel.transport import MemoryTransport

__all__ = ["Node", "World", "sizes"]

HARNESS = """
import * as core from "./src/runtime";
import inspector from "node:inspector";
import { createInterface } from "node:readline";

globalThis.jsmodel = { ...core };
globalThis.kept = {}; // what the code of a test wants to find again
console.error = console.warn = () => undefined;

const b64 = (bytes) => Buffer.from(bytes).toString("base64");
let clients = new Map();
let out = [];

class Pipe {
  name = "node";
  constructor(id) { this.id = id; this.closed = false; }
  send(message, buffers) {
    if (this.closed) return false;
    out.push([this.id, JSON.parse(JSON.stringify(message)), buffers.map(b64)]);
    return true;
  }
  close() { this.closed = true; }
}

// How much is in the lists, maps and sets of an object, private ones too, and of those of ours that it holds.
function sizes(object) {
  const session = new inspector.Session();
  session.connect();
  globalThis.looked = object;
  const found = {};
  function look(objectId, prefix) {
    session.post("Runtime.getProperties", { objectId, ownProperties: true }, (_, { result, privateProperties = [] }) => {
      for (const { name, value } of [...result, ...privateProperties]) {
        const size = /^\\w*\\((\\d+)\\)$/.exec(value?.description ?? "");
        if (size) found[prefix + name] = Number(size[1]);
        else if (name === "#channel" || name === "#incoming") look(value.objectId, `${name}.`);
      }
    });
  }
  session.post("Runtime.evaluate", { expression: "looked" }, (_, { result }) => look(result.objectId, ""));
  session.disconnect();
  delete globalThis.looked;
  return found;
}

const commands = {
  reset() {
    for (const { pipe } of clients.values()) pipe.closed = true; // their timers may still run
    clients = new Map();
    kept = {};
    out = [];
  },
  open({ id }) {
    const client = clients.get(id) ?? { session: new core.ClientSession(), notes: [] };
    if (!clients.has(id)) client.session.errorWatchers.add((note) => client.notes.push(note.title));
    clients.set(id, client);
    if (client.pipe) client.pipe.closed = true;
    client.pipe = new Pipe(id);
    client.session.open(client.pipe);
  },
  lost({ id }) {
    clients.get(id).pipe.closed = true;
    clients.get(id).session.lost(true);
  },
  deliver({ id, message, buffers }) {
    clients.get(id).session.message(message, buffers.map((b) => new Uint8Array(Buffer.from(b, "base64"))));
  },
  js({ id, model, code, values }) {
    const { session, notes } = clients.get(id);
    return new Function("session", "model", "notes", "values", code)(session, session.models.get(model), notes, values);
  },
  touch({ id }) { clients.get(id).session.touch(); },
  sizes({ id }) { return sizes(clients.get(id).session); },
  async gc() {
    for (let i = 0; i < 10; i++) {
      await new Promise((done) => setTimeout(done, 1));
      globalThis.gc();
    }
  },
};

createInterface({ input: process.stdin }).on("line", async (line) => {
  const command = JSON.parse(line);
  let value = null;
  let error = null;
  try { value = (await commands[command.do](command)) ?? null; } catch (err) { error = String(err.stack); }
  setImmediate(() => {
    process.stdout.write(JSON.stringify({ value, error, out }) + "\\n");
    out = [];
  });
});
"""


class Node:
    """The process in which the clients live. Calling it does a command there, and returns what that gives."""

    def __init__(self, folder: Path) -> None:
        bundle = folder / "clients.cjs"
        bundle_for_node(bundle, text=HARNESS)
        self._process = NodeProcess(bundle, "--expose-gc")
        self.end = self._process.end
        self.to_python: dict[int, deque[Any]] = {}

    def __call__(self, do: str, **fields: Any) -> Any:
        reply = self._process.ask({"do": do, **fields})
        assert reply["error"] is None, reply["error"]
        for who, message, buffers in reply["out"]:
            if who in self.to_python:
                self.to_python[who].append((message, [base64.b64decode(b) for b in buffers]))
        return reply["value"]


class World:
    """One session, some clients, and all that is under way between them.

    Args:
        node: Where the clients live.
        clients: How many there are. They are there when `join` was called.
    """

    def __init__(self, node: Node, clients: int = 2) -> None:
        self.node = node
        self.clients = range(clients)
        node("reset")
        node.to_python = {client: deque() for client in self.clients}
        self.session = Session("sync")
        self.pipes: list[MemoryTransport | None] = [None] * clients
        self.to_page: list[deque[Any]] = [deque() for _ in self.clients]
        self.read = [0] * clients
        self.sent: list[list[dict[str, Any]]] = [[] for _ in self.clients]  # ops to each page
        self._last: dict[tuple[bool, int], int] = defaultdict(int)
        self.said: list[list[dict[str, Any]]] = [[] for _ in self.clients]  # ops of each page that have come

    def join(self) -> None:
        """Let all clients say hello."""
        for client in self.clients:
            self.open(client)

    # -- the network

    def open(self, client: int) -> None:
        """Give a client another connection. What was under way on the old one is lost."""
        self.to_page[client].clear()
        self.node.to_python[client].clear()
        old, self.pipes[client] = self.pipes[client], None
        if old is not None:
            old.close()
            self.node("lost", id=client)
        self.node("open", id=client)

    def collect(self) -> None:
        """Take what Python has sent into the network."""
        for client, pipe in enumerate(self.pipes):
            if pipe is not None:
                new = list(zip(pipe.sent, pipe.buffers, strict=True))[self.read[client] :]
                self.read[client] += len(new)
                # What is sent again must be what was sent: a copy, as on a real wire.
                copies = [(json.loads(json.dumps(m)), list(b)) for m, b in new]
                self.to_page[client].extend(copies)
                for message, _ in copies:
                    self._note(self.sent, client, message)

    def up(self, client: int, how: str = "deliver") -> bool:
        """Move the next message of a client on to Python: 'deliver', 'drop' or 'repeat' it, or let it be 'overtaken' by
        the one after it. False when there is none."""
        waiting = self.node.to_python[client]
        if not waiting:
            return False
        if how == "overtaken" and len(waiting) > 1 and not any("hello" in m for m, _ in (waiting[0], waiting[1])):
            waiting[0], waiting[1] = waiting[1], waiting[0]
        hello = parse_message(waiting[0][0]).hello
        how = "deliver" if hello is not None else how  # opening is the transport's own affair
        message, buffers = waiting[0] if how == "repeat" else waiting.popleft()
        if how == "drop":
            return True
        self._note(self.said, client, message)
        pipe = self.pipes[client]
        if hello is not None:
            self.pipes[client], self.read[client] = MemoryTransport(), 0
            self.session.attach(self.pipes[client], hello)
        elif pipe is not None and not pipe.closed:
            pipe.deliver(message, buffers)
        self.collect()
        return True

    def down(self, client: int, how: str = "deliver") -> bool:
        """Move the next message of Python on to a client, as in `up`. False when there is none."""
        self.collect()
        waiting = self.to_page[client]
        if not waiting:
            return False
        if how == "overtaken" and len(waiting) > 1:
            waiting[0], waiting[1] = waiting[1], waiting[0]
        message, buffers = waiting[0] if how == "repeat" else waiting.popleft()
        if how != "drop":
            self.node("deliver", id=client, message=message, buffers=[base64.b64encode(b).decode() for b in buffers])
        return True

    def _note(self, where: list[list[dict[str, Any]]], client: int, message: dict[str, Any]) -> None:
        """Note the ops of a message, if it was not sent before."""
        key, seq = (where is self.sent, client), message.get("seq", 0)
        if message.get("reset") or message.get("hello"):
            self._last[key] = 0  # the numbers of a new client begin again
        if not seq or seq > self._last[key]:
            where[client].extend(message["ops"])
            self._last[key] = max(self._last[key], seq)

    def settle(self) -> None:
        """Let the network be kind, until nothing is under way."""
        for client in self.clients:
            if self.pipes[client] is None and not self.node.to_python[client]:
                self.open(client)
        quiet = 0
        for _ in range(200):
            loop.flush()
            if self._move_all():
                quiet = 0
                continue
            quiet += 1
            if quiet == 3:
                return
            for other in self.session.clients.values():  # what a second of silence does
                other.channel.resend()
            for client in self.clients:
                self.node("touch", id=client)
            self.collect()
            self._move_all()
        raise AssertionError("it does not come to rest")

    def _move_all(self) -> bool:
        busy = False
        for client in self.clients:
            while self.up(client) or self.down(client):
                busy = True
        return busy

    def close(self) -> None:
        """End the session."""
        self.session.close()

    # -- what a test does and sees

    def js(self, client: int, model: Any, code: str, **values: Any) -> Any:
        """Run JS in a client, with `model`, its `session`, the `notes` of its errors and these `values`; what it returns comes back."""
        return self.node("js", id=client, model=getattr(model, "id", model), code=code, values=values)

    def ops(self, *kinds: str, client: int = 0) -> list[dict[str, Any]]:
        """The ops of these kinds that were sent to a page since the last look."""
        self.collect()
        ops, self.sent[client] = self.sent[client], []
        return [op for op in ops if op["op"] in kinds]

    def heard(self, *kinds: str, client: int = 0) -> list[dict[str, Any]]:
        """The ops of these kinds that came from a page since the last look."""
        ops, self.said[client] = self.said[client], []
        return [op for op in ops if op["op"] in kinds]


def sizes(ob: object) -> dict[str, int]:
    """How much is in the lists, dicts and sets that an object holds."""
    kinds = (list, dict, set, frozenset, deque, WeakSet)
    return {name: len(value) for name, value in vars(ob).items() if isinstance(value, kinds)}

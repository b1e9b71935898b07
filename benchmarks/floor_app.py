"""The floor in a browser: bare Tornado, a page written by hand, a JSON message for each change.

    python -m benchmarks.floor_app PORT

It shows what `ours_app.py` shows: a slider with its value, a label that Python
sets, and a button that starts a burst.
"""

from __future__ import annotations

import asyncio
import json
import sys

import tornado.web
import tornado.websocket

BURST = 2000
FLOOD = 50_000
BULK = bytes(64 * 2**20)

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>floor</title>
<input type="range" id="slider" max="1000000000" value="0"><output id="value">0</output><div id="label">v0</div><button id="burst">burst</button>
<script>
const socket = new WebSocket('ws://' + location.host + '/ws');
const [slider, value, label, burst] = ['slider', 'value', 'label', 'burst'].map((id) => document.getElementById(id));
socket.binaryType = 'arraybuffer';
socket.onmessage = (event) => {
  if (typeof event.data !== 'string') {
    came += event.data.byteLength;
    if (came >= 2 ** 26) window.arrived(came);
  } else label.textContent = JSON.parse(event.data).value;
};
let came = 0;
window.fetchBytes = (type) => { came = 0; socket.send(JSON.stringify({type})); };
slider.oninput = () => {
  value.textContent = slider.value;
  socket.send(JSON.stringify({type: 'set', id: 'slider', name: 'value', value: slider.valueAsNumber}));
};
burst.onclick = () => socket.send(JSON.stringify({type: 'burst'}));
</script></html>"""


class Page(tornado.web.RequestHandler):
    def get(self) -> None:
        self.write(PAGE)


class Socket(tornado.websocket.WebSocketHandler):
    def open(self, *args: str, **kwargs: str) -> None:
        self.set_nodelay(True)

    async def on_message(self, message: str | bytes) -> None:
        content = json.loads(message)
        if content["type"] == "flood":
            for i in range(FLOOD):
                self.tell(f"b{i}")
                if i % 100 == 0:
                    await asyncio.sleep(0.005)
        elif content["type"] == "bulk":
            self.write_message(BULK, binary=True)
        elif content["type"] == "pieces":
            for at in range(0, len(BULK), 2**20):
                self.write_message(BULK[at : at + 2**20], binary=True)
        elif content["type"] == "burst":
            for i in range(BURST):
                self.tell(f"b{i}")
        else:
            self.tell(f"v{content['value']}")

    def tell(self, text: str) -> None:
        self.write_message(json.dumps({"type": "set", "id": "label", "name": "value", "value": text}))


async def main(port: int) -> None:
    tornado.web.Application([("/", Page), ("/ws", Socket)]).listen(port, "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

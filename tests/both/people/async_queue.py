import asyncio


class Queue:
    def __init__(self, size=2):
        self.items, self.size, self.waiters = [], size, []

    async def put(self, item):
        while len(self.items) >= self.size:
            await asyncio.sleep(0)
        self.items.append(item)

    async def get(self):
        while not self.items:
            await asyncio.sleep(0)
        return self.items.pop(0)


async def producer(q, name, n):
    for i in range(n):
        await q.put((name, i))
    return f"{name} made {n}"


async def consumer(q, got):
    try:
        while True:
            got.append(await q.get())
    except asyncio.CancelledError:
        got.append("cancelled")
        raise


async def main():
    q, got = Queue(), []
    c = asyncio.create_task(consumer(q, got))
    made = await asyncio.gather(producer(q, "a", 3), producer(q, "b", 2))
    for _ in range(10):
        await asyncio.sleep(0)
    c.cancel()
    try:
        await c
    except asyncio.CancelledError:
        made.append("c is over")

    async def slow():
        await asyncio.sleep(5)

    try:
        await asyncio.wait_for(slow(), timeout=0.01)
    except asyncio.TimeoutError as e:
        made.append(type(e).__name__)

    async def fail(x):
        await asyncio.sleep(0)
        raise ValueError(x)

    results = await asyncio.gather(fail(1), producer(q, "z", 1), return_exceptions=True)
    made.append(repr(results))
    return made, sorted(x for x in got if x != "cancelled"), got[-1], c.cancelled(), c.done()


res = await main()

import itertools


class Heap:
    def __init__(self, items=(), key=lambda x: x):
        self._items, self._key, self._n = [], key, itertools.count()
        for item in items:
            self.push(item)

    def push(self, item):
        heap = self._items
        heap.append((self._key(item), next(self._n), item))
        i = len(heap) - 1
        while i and heap[i] < heap[(i - 1) // 2]:
            parent = (i - 1) // 2
            heap[i], heap[parent] = heap[parent], heap[i]
            i = parent

    def pop(self):
        heap = self._items
        if not heap:
            raise IndexError("pop from an empty heap")
        heap[0], heap[-1] = heap[-1], heap[0]
        *_, item = heap.pop()
        i = 0
        while (child := 2 * i + 1) < len(heap):
            if child + 1 < len(heap) and heap[child + 1] < heap[child]:
                child += 1
            if heap[i] <= heap[child]:
                break
            heap[i], heap[child] = heap[child], heap[i]
            i = child
        return item

    def __bool__(self):
        return bool(self._items)


class Scheduler:
    def __init__(self):
        self.now = 0
        self.queue = Heap(key=lambda e: (e["at"], -e.get("priority", 0)))
        self.log = []

    def at(self, delay, fn, *args, priority=0, **kwargs):
        self.queue.push({"at": self.now + delay, "fn": fn, "args": args, "kwargs": kwargs, "priority": priority})

    def run(self, until=float("inf")):
        while self.queue:
            e = self.queue.pop()
            if e["at"] > until:
                break
            self.now = e["at"]
            result = e["fn"](*e["args"], **e["kwargs"])
            self.log.append(f"{self.now:>5.1f} {e['fn'].__name__:<6} {result!r}")


s = Scheduler()


def tick(n, *, step=1.5):
    if n:
        s.at(step, tick, n - 1, step=step * 2)
    return n


def boom(name="x"):
    return name.upper()


s.at(1, tick, 3)
s.at(1, boom, priority=5, name="hi")
s.at(1, boom, "first", priority=9)
s.at(100, boom)
s.run(until=50)
h = Heap([5, 3, 8, 1, 9, 2])
res = [s.log, s.now, [h.pop() for _ in range(6)]]
try:
    h.pop()
except IndexError as err:
    res.append(err.args[0])

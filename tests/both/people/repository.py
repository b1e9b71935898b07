from typing import Generic, TypeVar, Protocol, Optional, Callable, Iterator, Any
from dataclasses import dataclass, field
from abc import ABC, abstractmethod

T = object


class HasId(Protocol):
    id: int


class Repo(ABC):
    @abstractmethod
    def add(self, item: T) -> T: ...
    @abstractmethod
    def get(self, id: int) -> Optional[T]: ...


class MemoryRepo(Repo):
    def __init__(self, *, key: Callable[[T], Any] = None) -> None:
        self._items: dict[int, T] = {}
        self._key = key or (lambda x: x.id)
        self._hooks: list[Callable[[str, T], None]] = []

    def on(self, hook):
        self._hooks.append(hook)
        return hook

    def add(self, item: T) -> T:
        if (k := self._key(item)) in self._items:
            raise KeyError(f"duplicate {k}")
        self._items[k] = item
        for h in self._hooks:
            h("add", item)
        return item

    def get(self, id):
        return self._items.get(id)

    def find(self, **criteria) -> Iterator[T]:
        for item in self._items.values():
            if all(
                getattr(item, k.removesuffix("__gt")) > v if k.endswith("__gt") else getattr(item, k) == v
                for k, v in criteria.items()
            ):
                yield item

    def update(self, id, **changes):
        item = self._items[id]
        old = {k: getattr(item, k) for k in changes}
        try:
            for k, v in changes.items():
                if not hasattr(item, k):
                    raise AttributeError(k)
                setattr(item, k, v)
        except AttributeError:
            for k, v in old.items():
                setattr(item, k, v)
            raise
        return item

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items.values())

    def __contains__(self, item):
        return self._key(item) in self._items


@dataclass
class Task:
    id: int
    title: str
    done: bool = False
    priority: int = 0
    tags: list[str] = field(default_factory=list)


class Query:
    def __init__(self, items):
        self._items, self._ops = items, []

    def where(self, pred):
        self._ops.append(lambda xs: filter(pred, xs))
        return self

    def order_by(self, key, reverse=False):
        self._ops.append(lambda xs: sorted(xs, key=key, reverse=reverse))
        return self

    def select(self, f):
        self._ops.append(lambda xs: map(f, xs))
        return self

    def __iter__(self):
        xs = self._items
        for op in self._ops:
            xs = op(xs)
        return iter(xs)


repo = MemoryRepo()
log = []


@repo.on
def hook(kind, item):
    log.append((kind, item.title))


for i, t in enumerate(["write", "test", "ship"]):
    repo.add(Task(i, t, priority=i * 2))
repo.update(1, done=True, priority=9)
res = [
    len(repo),
    list(repo.find(done=False)),
    [t.title for t in repo.find(priority__gt=1)],
    log,
    Task(1, "x") in repo,
    list(Query(repo).where(lambda t: t.priority > 1).order_by(lambda t: -t.priority).select(lambda t: t.title)),
    repo.get(99),
    isinstance(repo, Repo),
]
for f in [
    lambda: repo.add(Task(1, "dup")),
    lambda: Repo(),
    lambda: repo.update(1, title="new", nope=1),
    lambda: repo.update(5),
]:
    try:
        f()
    except (KeyError, TypeError, AttributeError) as e:
        res.append((type(e).__name__, str(e)))
res.append(repo.get(1).title)

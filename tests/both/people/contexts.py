from contextlib import contextmanager, suppress, ExitStack, nullcontext, closing

log = []


class Tag:
    depth = 0

    def __init__(self, name, swallow=()):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        log.append("  " * Tag.depth + f"<{self.name}>")
        Tag.depth += 1
        return self

    def __exit__(self, kind, value, tb):
        Tag.depth -= 1
        log.append("  " * Tag.depth + f"</{self.name}{'' if kind is None else ' ' + kind.__name__}>")
        return kind is not None and issubclass(kind, self.swallow)


@contextmanager
def setting(obj, **values):
    old = {k: getattr(obj, k) for k in values}
    for k, v in values.items():
        setattr(obj, k, v)
    try:
        yield obj
    except ZeroDivisionError as e:
        log.append(f"saw {e}")
        raise ValueError("translated") from e
    finally:
        for k, v in old.items():
            setattr(obj, k, v)


class Conf:
    debug = False
    level = 1


conf = Conf()
with Tag("a", (KeyError,)) as a, Tag("b"):
    with Tag("c"):
        log.append(a.name)
    {}["missing"]
with setting(conf, debug=True, level=3) as c:
    log.append((c.debug, conf.level))
log.append((conf.debug, conf.level))
try:
    with setting(conf, level=9):
        1 / 0
except ValueError as e:
    log.append((str(e), repr(e.__cause__), conf.level))
with suppress(IndexError, KeyError):
    [][0]
    log.append("never")
with ExitStack() as stack:
    for n in "xy":
        stack.enter_context(Tag(n))
    stack.callback(log.append, "callback")
    stack.callback(lambda *, k: log.append(k), k=5)
with nullcontext(7) as seven:
    log.append(seven)


def f():
    with Tag("ret"):
        return len(log)


log.append(f())
for i in range(3):
    with Tag(f"l{i}"):
        if i == 1:
            continue
        if i == 2:
            break
res = log

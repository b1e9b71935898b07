class AppError(Exception):
    code = 500

    def __init__(self, message="", **context):
        super().__init__(message)
        self.context = context

    def __str__(self):
        return f"[{self.code}] {super().__str__()}"

    def __repr__(self):
        return f"{type(self).__name__}({self.args[0]!r}, {self.context})"


class NotFound(AppError, LookupError):
    code = 404


class Denied(AppError, PermissionError):
    code = 403


def load(key):
    try:
        return {"a": 1}[key]
    except KeyError as e:
        raise NotFound(f"no {key}", key=key) from e


def guard(fn, *a):
    try:
        return fn(*a)
    except LookupError as e:
        return ("lookup", str(e), repr(e), type(e.__cause__).__name__)
    except AppError as e:
        return ("app", e.code, e.context)
    except (TypeError, ValueError) as e:
        return ("arg", type(e).__name__)
    except Exception as e:
        return ("other", repr(e))
    finally:
        CALLS.append(fn.__name__)


CALLS = []


def deny():
    raise Denied("nope", user="x")


def chain(e):
    out = []
    while e is not None:
        out.append(repr(e))
        e = e.__cause__
    return out


def deep():
    try:
        try:
            load("zz")
        except NotFound as e:
            raise Denied("hidden") from e
    except Denied as e:
        return chain(e)


def suppressed():
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            raise ValueError("clean") from None
    except ValueError as e:
        return e.__cause__, e.__suppress_context__


def cleanup():
    steps = []
    try:
        steps.append("a")
        raise RuntimeError("x")
    except RuntimeError:
        steps.append("b")
        return steps
    else:
        steps.append("no")
    finally:
        steps.append("c")


def ret_in_finally():
    for i in range(3):
        try:
            1 / 0
        except ZeroDivisionError:
            continue
        finally:
            if i == 1:
                break
    return i


res = [
    guard(load, "a"),
    guard(load, "b"),
    guard(deny),
    guard(int, "x") if False else guard(lambda: int("x")),
    guard(lambda: {}.x),
    deep(),
    suppressed(),
    cleanup(),
    ret_in_finally(),
    CALLS,
    issubclass(NotFound, KeyError),
    issubclass(NotFound, (LookupError,)),
    NotFound.__mro__[1].__name__,
    AppError().args,
    str(AppError("m")),
    AppError("a") == AppError("a"),
    isinstance(NotFound(), Exception),
    [c.__name__ for c in Denied.__bases__],
]
e = NotFound("x", k=1)
try:
    raise e
except AppError as f:
    res.append((f is e, f.context["k"]))
try:
    raise ValueError("a", 1)
except ValueError as err:
    res.append((err.args, str(err)))
try:
    try:
        raise KeyError("first")
    finally:
        CALLS.append("fin")
except KeyError as k:
    res.append((str(k), k.args[0]))

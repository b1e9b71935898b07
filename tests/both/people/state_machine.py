from dataclasses import dataclass, field, asdict, replace
from enum import Enum, auto, Flag, IntEnum


class State(Enum):
    IDLE = auto()
    RUNNING = auto()
    DONE = auto()
    FAILED = "failed"

    @property
    def final(self):
        return self in (State.DONE, State.FAILED)

    def __str__(self):
        return self.name.lower()


class Level(IntEnum):
    LOW = 1
    HIGH = 10


@dataclass
class Job:
    name: str
    level: Level = Level.LOW
    state: State = State.IDLE
    history: list = field(default_factory=list, repr=False)
    tries: int = field(default=0, compare=False)

    def __post_init__(self):
        if not self.name:
            raise ValueError("a job needs a name")
        self.history.append(self.state)

    def to(self, state):
        allowed = {
            State.IDLE: {State.RUNNING},
            State.RUNNING: {State.DONE, State.FAILED},
            State.FAILED: {State.RUNNING},
        }
        if state not in allowed.get(self.state, ()):
            raise RuntimeError(f"{self.name}: {self.state} -> {state} is not allowed")
        self.state = state
        self.history.append(state)
        self.tries += state is State.RUNNING
        return self


j = Job("a", Level.HIGH)
j.to(State.RUNNING).to(State.FAILED).to(State.RUNNING).to(State.DONE)
k = replace(j, name="b")
res = [
    j,
    k == j,
    asdict(k)["tries"],
    [str(s) for s in j.history],
    [s.name for s in State],
    State("failed"),
    State["DONE"].value,
    State.DONE.final,
    Level.HIGH > Level.LOW,
    Level.HIGH + 1,
    f"{Level.HIGH} {State.IDLE}",
    repr(State.IDLE),
    j.tries,
]
for f in [
    lambda: j.to(State.IDLE),
    lambda: Job(""),
    lambda: State(99),
    lambda: State["NO"],
    lambda: Job(),
    lambda: Job("a", b=1),
]:
    try:
        f()
    except Exception as e:
        res.append(f"{type(e).__name__}: {e}")
match j:
    case Job(name="a", state=State.DONE, tries=n) if n > 1:
        res.append(f"done after {n}")
    case _:
        res.append("?")

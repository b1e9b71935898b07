import asyncio, base64, collections, contextlib, copy, datetime, functools, itertools, json, logging, math, operator, os, random, re, statistics, string, sys, threading, time, typing
import math as m
from asyncio import CancelledError, create_task, gather, sleep, TimeoutError as AsyncTimeout
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from functools import cache, lru_cache, partial, reduce
from itertools import accumulate, chain, count, cycle, groupby, islice, permutations, product, repeat, zip_longest
from json import JSONDecodeError, dumps, loads
from math import floor, sin as sine, sqrt
from operator import attrgetter, itemgetter, methodcaller
from random import Random
from re import compile as re_compile, error as ReError, sub
from typing import cast, List, Optional, TYPE_CHECKING

NUMBER = re.compile(r"\d+")
WORDS = re.compile("[a-z]+", re.IGNORECASE)
ORIGIN_X = 0
calls = []
QUEUE = deque([1, 2], maxlen=3)
TALLY = Counter("aab")
TABLE = defaultdict(list)
ORDER = OrderedDict([("z", 1), ("a", 2)])
by_name = itemgetter("name")
Point = namedtuple("Point", "x y")
Defaulted = namedtuple("Defaulted", "a b", defaults=[7])
ORIGIN = Point(0, 0)


class Typed(typing.NamedTuple):
    label: str
    size: int = 1

    def double(self):
        return Typed(self.label, self.size * 2)

    @classmethod
    def make(cls, label):
        return cls(label, 0)


class Grown(namedtuple("Grown", "x y")):
    __slots__ = ()

    def norm(self):
        return math.hypot(self.x, self.y)

    @property
    def total(self):
        return sum(self)


class Holder:
    def __init__(self, p):
        self.p = p


class Closer:
    closed = False

    def close(self):
        self.closed = True


class Lazy:
    def __init__(self, side):
        self.side = side
        self.times = 0

    @functools.cached_property
    def area(self):
        self.times += 1
        return self.side**2

    def count_twice(self):
        return self.area, self.area, self.times


def plus(a, b=0):
    return a + b


add_five = partial(plus, 5)
scaled = partial(lambda k, x: k * x, 10)


@cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@lru_cache
def noted(x):
    calls.append(x)
    return x


@lru_cache(maxsize=2)
def two(x):
    calls.append(x)
    return x


def shout(f):
    @functools.wraps(f)
    def inner(*args):
        return f(*args).upper()

    return inner


@shout
def shouted(x):
    return x + "!"


@partial
def decorated(x):
    return x * 2


@contextmanager
def managed(log, name):
    log.append("enter " + name)
    try:
        yield name
    finally:
        log.append("exit " + name)


@contextmanager
def swallowing():
    try:
        yield
    except ValueError:
        pass


@asynccontextmanager
async def opened(log):
    await sleep(0)
    log.append("open")
    yield 1
    log.append("closed")

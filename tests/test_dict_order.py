"""A dict has its keys in the same order on the other side, those that are digits too, which JS would put first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from replicas import Node, World

from jsmodel import app, event
from jsmodel.event import loop
from jsmodel.protocol import encode_value

DATA = {"b": 1, "10": 2, "9": {"z": 0, "1": 1}, "a": 3, "2": 4}


class Shelf(app.Model):
    """Its JS code needs no part of our library that knows dicts."""

    class Both:
        @event.prop
        def books(self, v=None):
            return v

        @event.prop
        def copy(self, v=None):
            return v

    class JS:
        def show(self):
            return f"{self.books}"

        def back(self):
            self.copy = self.books


class Reader(app.Model):
    class Both:
        @event.prop
        def books(self, v=None):
            return v

        @event.prop
        def copy(self, v=None):
            return v

    class JS:
        def keys(self):
            return [list(self.books), [k for k in self.books], list(self.books["9"]), list(self.books.items())[1]]

        def change(self):
            del self.books["10"]
            self.books["10"] = 20
            self.books["0"] = 5
            self.copy = dict(self.books)
            return [list(self.books), len(self.books), self.books == self.copy, self.books.get("9") == {"1": 1, "z": 0}]


@pytest.fixture
def world(replicas: Node) -> Iterator[World]:
    world = World(replicas, 1)
    world.join()
    world.settle()
    yield world
    world.close()


def ask(world: World, call: Any) -> Any:
    loop.flush()
    world.settle()
    return call.result(timeout=0)


def test_the_order_of_keys_stays_where_no_code_knows_of_dicts(world):
    shelf = Shelf(session=world.session, books=DATA)
    world.settle()
    assert ask(world, shelf.js.show()) == str(DATA)
    ask(world, shelf.js.back())
    assert json.dumps(shelf.copy) == json.dumps(DATA)


def test_code_that_comes_later_meets_the_order_that_was_there(world):
    shelf = Shelf(session=world.session, books=DATA)
    world.settle()
    assert ask(world, shelf.js.show()) == str(DATA)
    reader = Reader(session=world.session, books=DATA)
    world.settle()
    assert ask(world, reader.js.keys()) == [list(DATA), list(DATA), ["z", "1"], ("10", 2)]
    assert ask(world, shelf.js.show()) == str(DATA)


def test_a_dict_that_came_in_an_order_keeps_it_when_it_is_changed(world):
    reader = Reader(session=world.session, books=DATA)
    world.settle()
    assert ask(world, reader.js.change()) == [["b", "9", "a", "2", "10", "0"], 6, True, True]
    assert list(reader.copy) == ["b", "9", "a", "2", "10", "0"]


@pytest.mark.parametrize(
    ("keys", "plain"),
    [
        (["a", "b"], True),
        (["1", "2", "a"], True),
        (["a", "1"], False),
        (["2", "1"], False),
        (["a", "01", "-1", "1.5", "+1", " 1"], True),  # no indices
        (["a", "4294967295", "99999999999"], True),
        (["a", "4294967294"], False),
        (["é", "²", "٣"], True),
        (["é", "3"], False),
    ],
)
def test_pairs_travel_only_where_js_would_have_another_order(keys, plain):
    sent = encode_value(dict.fromkeys(keys, 0), [])
    assert sent == (dict.fromkeys(keys, 0) if plain else {"$": "o", "v": [[key, 0] for key in keys]})

ROOMS = {
    "hall": {"exits": {"n": "attic", "e": "garden"}, "items": ["lamp"]},
    "attic": {"exits": {"s": "hall"}, "items": ["key", "rope"]},
    "garden": {"exits": {"w": "hall"}, "items": [], "locked": True},
}


class Game:
    def __init__(self):
        import copy

        self.rooms = copy.deepcopy(ROOMS)
        self.here, self.bag, self.log = "hall", set(), []

    def do(self, line):
        verb, _, rest = line.strip().lower().partition(" ")
        handler = getattr(self, "do_" + verb, self.default)
        return handler(*rest.split())

    def default(self, *args):
        return "What?"

    def do_go(self, way=None):
        if way is None:
            return "Where?"
        exits = self.rooms[self.here]["exits"]
        if way not in exits:
            return f"No way {way}. Try {', '.join(sorted(exits))}."
        target = exits[way]
        if self.rooms[target].get("locked") and "key" not in self.bag:
            return "Locked."
        self.here = target
        return self.do_look()

    do_walk = do_go

    def do_look(self):
        return f"{self.here.title()}: {', '.join(self.rooms[self.here]['items']) or 'nothing'}"

    def do_take(self, *items):
        got = [i for i in items if i in self.rooms[self.here]["items"]]
        for i in got:
            self.rooms[self.here]["items"].remove(i)
            self.bag.add(i)
        return f"Took {' and '.join(got)}" if got else "Nothing."

    def do_bag(self):
        return sorted(self.bag)


g = Game()
res = [
    g.do(c)
    for c in [
        "look",
        "go",
        "go x",
        "go e",
        "walk n",
        "take key rope sword",
        "bag",
        "GO s",
        "go e",
        "dance",
        "take lamp",
    ]
] + [ROOMS["attic"]["items"], g.here]

from abc import ABC, abstractmethod


class Command(ABC):
    @abstractmethod
    def do(self, doc): ...
    @abstractmethod
    def undo(self, doc): ...


class Insert(Command):
    def __init__(self, at, text):
        self.at, self.text = at, text

    def do(self, doc):
        doc.text = doc.text[: self.at] + self.text + doc.text[self.at :]

    def undo(self, doc):
        doc.text = doc.text[: self.at] + doc.text[self.at + len(self.text) :]


class Delete(Command):
    def __init__(self, start, stop):
        self.span = slice(start, stop)
        self.removed = None

    def do(self, doc):
        self.removed = doc.text[self.span]
        doc.text = "".join(ch for i, ch in enumerate(doc.text) if not self.span.start <= i < self.span.stop)

    def undo(self, doc):
        doc.text = doc.text[: self.span.start] + self.removed + doc.text[self.span.start :]


class Document:
    def __init__(self):
        self.text = ""
        self._done, self._undone = [], []

    def run(self, command):
        command.do(self)
        self._done.append(command)
        self._undone.clear()
        return self

    def undo(self, n=1):
        for _ in range(min(n, len(self._done))):
            self._undone.append(cmd := self._done.pop())
            cmd.undo(self)

    def redo(self):
        if not self._undone:
            raise IndexError("nothing to redo")
        self._done.append(self._undone.pop())
        self._done[-1].do(self)


d = Document()
d.run(Insert(0, "hello")).run(Insert(5, " wörld")).run(Delete(0, 2))
seen = [d.text]
d.undo(2)
seen.append(d.text)
d.redo()
seen.append(d.text)
d.run(Insert(0, ">"))
try:
    d.redo()
except IndexError as e:
    seen.append(str(e))
d.undo(99)
seen.append(d.text)
try:
    Command()
except TypeError as e:
    seen.append("abstract")
res = seen

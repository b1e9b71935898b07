class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next


class LinkedList:
    def __init__(self, items=()):
        self.head = None
        self._len = 0
        for i in reversed(list(items)):
            self.push(i)

    def push(self, v):
        self.head = Node(v, self.head)
        self._len += 1

    def __iter__(self):
        n = self.head
        while n is not None:
            yield n.value
            n = n.next

    def __len__(self):
        return self._len

    def reverse(self):
        prev, n = None, self.head
        while n:
            n.next, prev, n = prev, n, n.next
        self.head = prev
        return self

    def __contains__(self, v):
        return any(x == v for x in self)

    def __repr__(self):
        return "->".join(map(repr, self)) or "<empty>"

    def remove(self, v):
        prev, n = None, self.head
        while n and n.value != v:
            prev, n = n, n.next
        if n is None:
            raise ValueError(f"{v!r} not in list")
        if prev:
            prev.next = n.next
        else:
            self.head = n.next
        self._len -= 1


l = LinkedList("abc")
res = [repr(l), len(l), repr(l.reverse()), "b" in l, list(l), repr(LinkedList())]
l.remove("b")
res.append(repr(l))
try:
    l.remove("zz")
except ValueError as e:
    res.append(str(e))
a, *b = LinkedList([1, 2, 3])
res += [a, b, sum(LinkedList([1, 2])), max(l), sorted(l), dict(zip(l, l)), set(l) == {"a", "c"}, bool(LinkedList())]

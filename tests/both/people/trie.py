class Trie:
    def __init__(self):
        self.root = {}

    def add(self, *words):
        for w in words:
            node = self.root
            for ch in w:
                node = node.setdefault(ch, {})
            node["$"] = True
        return self

    def search(self, prefix):
        node = self.root
        for ch in prefix:
            if ch not in node:
                return []
            node = node[ch]
        out = []
        stack = [(node, prefix)]
        while stack:
            n, p = stack.pop()
            for k, v in n.items():
                if k == "$":
                    out.append(p)
                else:
                    stack.append((v, p + k))
        return sorted(out)

    def __contains__(self, w):
        return w in self.search(w)


t = Trie().add("car", "card", "care", "cat", "dog", "1a", "12")
res = [t.search("car"), t.search("z"), "car" in t, "ca" in t, t.search(""), t.root["1"], list(t.root)]

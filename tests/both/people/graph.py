from collections import defaultdict, deque

edges = [
    ("a", "b", 7),
    ("a", "c", 9),
    ("a", "f", 14),
    ("b", "c", 10),
    ("b", "d", 15),
    ("c", "d", 11),
    ("c", "f", 2),
    ("d", "e", 6),
    ("e", "f", 9),
    ("x", "y", 1),
]
graph = defaultdict(dict)
for u, v, w in edges:
    graph[u][v] = graph[v][u] = w


def bfs(start):
    seen, queue, order = {start}, deque([start]), []
    while queue:
        node = queue.popleft()
        order.append(node)
        for n in sorted(graph[node].keys() - seen):
            seen.add(n)
            queue.append(n)
    return order


def dijkstra(start, goal):
    dist, prev, todo = {start: 0}, {}, {start}
    while todo:
        node = min(todo, key=dist.__getitem__)
        todo.remove(node)
        if node == goal:
            path = [node]
            while path[-1] in prev:
                path.append(prev[path[-1]])
            return dist[goal], path[::-1]
        for n, w in graph[node].items():
            if dist[node] + w < dist.get(n, float("inf")):
                dist[n], prev[n] = dist[node] + w, node
                todo.add(n)
    return None


def components():
    left = set(graph)
    while left:
        part = set(bfs(min(left)))
        yield sorted(part)
        left -= part


def topo(deps):
    order, state = [], {}

    def visit(n, path=()):
        if state.get(n) == 1:
            raise ValueError("cycle: " + " -> ".join([*path[path.index(n) :], n]))
        if n in state:
            return
        state[n] = 1
        for d in deps.get(n, ()):
            visit(d, path + (n,))
        state[n] = 2
        order.append(n)

    for n in deps:
        visit(n)
    return order


res = [
    bfs("a"),
    dijkstra("a", "e"),
    dijkstra("a", "y"),
    list(components()),
    topo({"app": ["db", "web"], "web": ["log"], "db": ["log"]}),
]
try:
    topo({"a": ["b"], "b": ["c"], "c": ["b"]})
except ValueError as e:
    res.append(str(e))
res.append({k: sorted(v) for k, v in sorted(graph.items())})

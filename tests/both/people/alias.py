A = {1, 2}
B = {"a": A, 1: [A]}
D = {1: 2}
E = [D, D]


def main():
    A.add(3)
    D[2] = 5
    return [sorted(B["a"]), B[1][0] is A, B["a"] is A, E[0] is D, E[1][2]]


res = main()

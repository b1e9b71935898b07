class VM:
    def __init__(self, program):
        self.code = [
            self.decode(l) for l in program.strip().splitlines() if l.strip() and not l.lstrip().startswith(";")
        ]
        self.stack, self.out, self.pc, self.calls = [], [], 0, []
        self.labels = {op[1:]: i for i, (op, *_) in enumerate(self.code) if op.startswith(":")}

    @staticmethod
    def decode(line):
        op, *args = line.split(";")[0].split()
        return op, *[int(a) if a.lstrip("-").isdigit() else a for a in args]

    def push(self, v):
        self.stack.append(v)

    def binary(self, f):
        b, a = self.stack.pop(), self.stack.pop()
        self.push(f(a, b))

    OPS = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "mod": lambda a, b: a % b,
        "lt": lambda a, b: int(a < b),
    }

    def run(self, limit=1000):
        for _ in range(limit):
            if self.pc >= len(self.code):
                return self.out
            op, *args = self.code[self.pc]
            self.pc += 1
            if op in self.OPS:
                self.binary(self.OPS[op])
            elif (handler := getattr(self, f"op_{op}", None)) is not None:
                handler(*args)
            elif not op.startswith(":"):
                raise SyntaxError(f"unknown op {op!r} at {self.pc - 1}")
        raise TimeoutError("too long")

    def op_push(self, v):
        self.push(v)

    def op_dup(self):
        self.push(self.stack[-1])

    def op_print(self):
        self.out.append(self.stack.pop())

    def op_jmp(self, l):
        self.pc = self.labels[l]

    def op_jz(self, l):
        if not self.stack.pop():
            self.pc = self.labels[l]


p = """
push 5
:loop
dup
print   ; show
push 1
sub
dup
jz end
jmp loop
:end
"""
res = [VM(p).run()]
for bad in ["frob", "push 1\nadd", ":a\njmp a", "jmp x"]:
    try:
        VM(bad).run(50)
    except Exception as e:
        res.append((type(e).__name__, str(e)))

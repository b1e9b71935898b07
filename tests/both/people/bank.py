class InsufficientFunds(Exception):
    def __init__(self, balance, amount):
        self.balance, self.amount = balance, amount
        super().__init__(f"balance {balance} < {amount}")

    @property
    def shortfall(self):
        return self.amount - self.balance


class Account:
    _next = 1
    accounts = {}

    def __init__(self, owner, balance=0):
        self.id = Account._next
        Account._next += 1
        self.owner, self._balance, self.history = owner, balance, []
        type(self).accounts[self.id] = self

    @property
    def balance(self):
        return self._balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self._balance += amount
        self.history.append(("deposit", amount))
        return self

    def withdraw(self, amount):
        if amount > self._balance:
            raise InsufficientFunds(self._balance, amount)
        self._balance -= amount
        self.history.append(("withdraw", amount))
        return self

    def transfer(self, other, amount):
        try:
            self.withdraw(amount)
        except InsufficientFunds as e:
            e.args = (*e.args, other.owner)
            raise
        else:
            other.deposit(amount)
        finally:
            self.history.append(("tried", amount))

    def __repr__(self):
        return f"<{type(self).__name__} {self.id} {self.owner}: {self.balance:.2f}>"

    def __lt__(self, o):
        return self.balance < o.balance


class Savings(Account):
    def __init__(self, *args, rate=0.02, **kw):
        super().__init__(*args, **kw)
        self.rate = rate

    def interest(self):
        return self.deposit(round(self.balance * self.rate, 2))


a, b = Account("ann", 100), Savings("bob", balance=50, rate=0.1)
a.transfer(b, 30)
b.interest()
res = [a, b, a.history, b.history, max(a, b), sorted(Account.accounts), Account._next, Savings._next, b.rate]
for f in [lambda: a.transfer(b, 1000), lambda: a.deposit(-1)]:
    try:
        f()
    except InsufficientFunds as e:
        res.append((str(e), e.args, e.shortfall))
    except (ValueError, AttributeError, TypeError) as e:
        res.append((type(e).__name__, str(e)))
res.append(a.history[-1])

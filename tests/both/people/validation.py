class ValidationError(Exception):
    def __init__(self, field, message, *, code="invalid"):
        super().__init__(field, message)
        self.field, self.message, self.code = field, message, code

    def __str__(self):
        return f"{self.field}: {self.message} [{self.code}]"


class Missing(ValidationError):
    def __init__(self, field):
        super().__init__(field, "is missing", code="missing")


def number(lo=None, hi=None):
    def check(value):
        try:
            v = int(value)
        except (TypeError, ValueError) as err:
            raise ValidationError("?", "not a number") from err
        if lo is not None and v < lo or hi is not None and v > hi:
            raise ValidationError("?", f"not in [{lo}, {hi}]", code="range")
        return v

    return check


def text(value, max_length=5):
    if not isinstance(value, str):
        raise TypeError(f"expected str, got {type(value).__name__}")
    assert len(value) <= max_length, f"{len(value)} > {max_length}"
    return value.strip()


SCHEMA = {"age": number(0, 150), "name": text, "n": number()}


def validate(data):
    errors, clean = [], {}
    for name, check in SCHEMA.items():
        try:
            if name not in data:
                raise Missing(name)
            clean[name] = check(data[name])
        except ValidationError as err:
            err.field = name
            errors.append(err)
        except Exception as err:
            errors.append(err)
        else:
            clean[f"{name}_ok"] = True
        finally:
            clean.setdefault("checked", []).append(name)
    return clean, errors


res = []
for data in [
    {"age": "12", "name": " x ", "n": 3.7},
    {"age": 200, "name": 5},
    {"age": "abc", "name": "toolong", "n": None},
    {},
]:
    clean, errors = validate(data)
    res.append(
        (
            clean,
            [str(e) for e in errors],
            [type(e.__cause__).__name__ for e in errors],
            [isinstance(e, Missing) for e in errors],
            [e.args for e in errors],
        )
    )
print(res[-1])

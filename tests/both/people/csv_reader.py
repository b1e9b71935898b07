class CSVError(ValueError):
    pass


def parse(text, delimiter=",", quote='"'):
    row, field, quoted, line = [], [], False, 1
    it = iter(enumerate(text))
    for i, ch in it:
        if quoted:
            if ch == quote:
                if text[i + 1 : i + 2] == quote:
                    field.append(quote)
                    next(it)
                else:
                    quoted = False
            else:
                field.append(ch)
        elif ch == quote and not field:
            quoted = True
        elif ch == delimiter:
            row.append("".join(field))
            field = []
        elif ch == "\n":
            line += 1
            yield [*row, "".join(field)]
            row, field = [], []
        elif ch != "\r":
            field.append(ch)
    if quoted:
        raise CSVError(f"line {line}: unclosed quote")
    if field or row:
        yield row + ["".join(field)]


def records(text):
    rows = parse(text)
    header = next(rows)
    for n, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise CSVError(f"line {n}: {len(row)} fields, not {len(header)}")
        yield dict(zip(header, row))


def convert(v):
    for kind in (int, float):
        try:
            return kind(v)
        except ValueError:
            pass
    return {"true": True, "false": False, "": None}.get(v.lower(), v)


data = 'name,age,note\r\nAnn,31,"says ""hi"", ok"\nBob,4.5,\n"Cy\nD",true,"x"\n'
res = [{k: convert(v) for k, v in r.items()} for r in records(data)]
for bad in ['a,"b', "a,b\n1", ""]:
    try:
        res.append(list(records(bad)))
    except (CSVError, RuntimeError) as e:
        res.append((type(e).__name__, str(e)))


def dump(rows):
    def q(v):
        s = "" if v is None else str(v)
        return '"' + s.replace('"', '""') + '"' if any(c in s for c in ',"\n') else s

    return "\n".join(",".join(map(q, r)) for r in rows)


print(dump([[1, "a,b", None], ['q"q', True, 2.5]]))

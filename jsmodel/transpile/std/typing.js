/** Of Python's `typing`, what does something when a program runs. */
$py.late.$typing = {
  cast: (_, value) => value,
  no_type_check: (x) => x,
  final: (x) => x,
  assert_never: (x) => { throw $py.error("AssertionError", `Expected code to be unreachable, but got: ${$py.repr(x)}`); },
  assert_type: (value) => value,
};

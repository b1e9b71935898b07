/** Of Python's `string`, what is a function. Its constants are sent as what they are. */
const { late, none } = $py;

late.$string = {
  capwords: (s, sep = null) =>
    late.call(s, "split", sep).map((word) => late.call(word, "capitalize")).join(none(sep) ? " " : sep),
};

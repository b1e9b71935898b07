/** Python's `types`: an object that holds what it is given. */
const { eq, late, repr, within } = $py;

const names = (x) => Object.keys(x);

late.$types = {
  SimpleNamespace: late.cls(late.ob, {
    name: "types:SimpleNamespace",
    label: "types.SimpleNamespace",
    methods: {
      __init__(...$k) {
        const [args, given] = late.split($k, [], true, "SimpleNamespace");
        if (args.length) throw $py.typeError("no positional arguments expected");
        for (const [key, value] of Object.entries(given)) late.setattr(this, key, value);
      },
      __repr__() {
        const label = this._jsm_class.cls === late.$types.SimpleNamespace ? "namespace" : this._jsm_class.label;
        return `${label}(${within(this, () => names(this).map((key) => `${key}=${repr(this[key])}`).join(", "))})`;
      },
      __eq__(other) {
        if (!$py.isinstance(other, late.$types.SimpleNamespace)) return late.NotImplemented;
        return names(this).length === names(other).length && names(this).every((key) => Object.hasOwn(other, key) && eq(this[key], other[key]));
      },
    },
  }),
};

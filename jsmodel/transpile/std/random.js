/** Python's `random`: the Mersenne Twister, seeded as Python does it, so that a seed gives Python's very numbers. */
const { error, getitem, iterate, late, len, none, typeError, typeName } = $py;
const { call, index } = late;

const NV_MAGIC = (4 * Math.exp(-0.5)) / Math.sqrt(2);
const TURN = 2 * Math.PI;
const MASK = (1n << 64n) - 1n;
const cut = (k) => {
  if (k > 53) throw error("OverflowError", "integers beyond 2**53 are not exact in the browser");
};

/** The primes that SHA-512 takes its constants from. */
function primes(n) {
  const out = [];
  for (let i = 2; out.length < n; i++) if (out.every((p) => i % p)) out.push(i);
  return out;
}

/** The integer part of the k-th root. */
function root(x, k) {
  let high = 1n << 80n;
  for (;;) {
    const next = ((k - 1n) * high + x / high ** (k - 1n)) / k;
    if (next >= high) return high;
    high = next;
  }
}

/** SHA-512, which Python mixes seeds that are strings with. */
function sha512(bytes) {
  const K = primes(80).map((p) => root(BigInt(p) << 192n, 3n) & MASK);
  let H = primes(8).map((p) => root(BigInt(p) << 128n, 2n) & MASK);
  const turn = (x, n) => ((x >> BigInt(n)) | (x << BigInt(64 - n))) & MASK;
  const size = Math.ceil((bytes.length + 17) / 128) * 128;
  const data = new Uint8Array(size);
  data.set(bytes);
  data[bytes.length] = 0x80;
  const view = new DataView(data.buffer);
  view.setBigUint64(size - 8, BigInt(bytes.length * 8));
  for (let at = 0; at < size; at += 128) {
    const w = [];
    for (let i = 0; i < 80; i++) {
      if (i < 16) w.push(view.getBigUint64(at + i * 8));
      else {
        const [a, b] = [w[i - 15], w[i - 2]];
        const s0 = turn(a, 1) ^ turn(a, 8) ^ (a >> 7n);
        const s1 = turn(b, 19) ^ turn(b, 61) ^ (b >> 6n);
        w.push((w[i - 16] + s0 + w[i - 7] + s1) & MASK);
      }
    }
    let [a, b, c, d, e, f, g, h] = H;
    for (let i = 0; i < 80; i++) {
      const t1 = h + (turn(e, 14) ^ turn(e, 18) ^ turn(e, 41)) + ((e & f) ^ (~e & MASK & g)) + K[i] + w[i];
      const t2 = (turn(a, 28) ^ turn(a, 34) ^ turn(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) & MASK, c, b, a, (t1 + t2) & MASK];
    }
    H = [a, b, c, d, e, f, g, h].map((x, i) => (x + H[i]) & MASK);
  }
  const out = new DataView(new ArrayBuffer(64));
  H.forEach((x, i) => out.setBigUint64(i * 8, x));
  return new Uint8Array(out.buffer);
}

/** What a seed is as 32-bit words, the lowest first. */
function words(a) {
  let n;
  if (none(a)) return [...crypto.getRandomValues(new Uint32Array(624))];
  if (typeof a === "number" || typeof a === "boolean") {
    if (!Number.isInteger(Number(a))) throw typeError("random.seed() in the browser takes an int or a str, not a float");
    cut(Math.abs(Number(a)) > 2 ** 53 ? 99 : 0);
    n = BigInt(Math.abs(Number(a)));
  } else if (typeof a === "string" || a instanceof Uint8Array) {
    const bytes = typeof a === "string" ? new TextEncoder().encode(a) : a;
    n = [...bytes, ...sha512(bytes)].reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  } else throw typeError("The only supported seed types are:\nNone, int, float, str, bytes, and bytearray.");
  const out = [];
  do out.push(Number(n & 0xffffffffn));
  while ((n >>= 32n));
  return out;
}

/** Where `x` would go in a sorted list. */
function bisect(list, x, low = 0, high = list.length) {
  while (low < high) {
    const mid = (low + high) >> 1;
    if (x < list[mid]) high = mid;
    else low = mid + 1;
  }
  return low;
}
const sums = (xs) => {
  let sum = 0;
  return [...iterate(xs)].map((x) => (sum += x));
};

/** A generator of its own. */
function generator() {
  const mt = new Uint32Array(624);
  let at = 624;
  let gauss_next = null;

  function seed(a = null, version = 2) {
    if (version !== 2) throw error("ValueError", "random.seed() in the browser knows only version 2");
    const key = words(a);
    mt[0] = 19650218;
    for (let i = 1; i < 624; i++) mt[i] = Math.imul(1812433253, mt[i - 1] ^ (mt[i - 1] >>> 30)) + i;
    let [i, j] = [1, 0];
    const step = (factor, plus) => {
      mt[i] = (mt[i] ^ Math.imul(mt[i - 1] ^ (mt[i - 1] >>> 30), factor)) + plus;
      if (++i >= 624) [mt[0], i] = [mt[623], 1];
    };
    for (let k = Math.max(624, key.length); k; k--) {
      step(1664525, key[j] + j);
      if (++j >= key.length) j = 0;
    }
    for (let k = 623; k; k--) step(1566083941, -i);
    mt[0] = 0x80000000;
    at = 624;
    gauss_next = null;
    return null;
  }

  function word() {
    if (at >= 624) {
      for (let k = 0; k < 624; k++) {
        const y = (mt[k] & 0x80000000) | (mt[(k + 1) % 624] & 0x7fffffff);
        mt[k] = mt[(k + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let y = mt[at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  const random = () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;

  function getrandbits(k) {
    const n = index(k);
    if (n < 0) throw error("ValueError", "number of bits must be non-negative");
    cut(n);
    if (n === 0) return 0;
    if (n <= 32) return word() >>> (32 - n);
    const low = word();
    return (word() >>> (64 - n)) * 2 ** 32 + low;
  }

  function below(n) {
    const bits = n.toString(2).length;
    let r = getrandbits(bits);
    while (r >= n) r = getrandbits(bits);
    return r;
  }

  function randrange(start, stop = null, step = 1) {
    const first = index(start);
    if (stop === null) {
      if (first > 0) return below(first);
      throw error("ValueError", "empty range for randrange()");
    }
    const [last, by] = [index(stop), index(step)];
    if (by === 0) throw error("ValueError", "zero step for randrange()");
    const n = by > 0 ? Math.ceil((last - first) / by) : Math.ceil((first - last) / -by);
    if (n > 0) return first + by * below(n);
    throw error("ValueError", by === 1 ? `empty range for randrange() (${first}, ${last}, ${last - first})` : "empty range for randrange()");
  }
  const randint = (a, b) => randrange(a, index(b) + 1);

  function choice(seq) {
    if (!len(seq)) throw error("IndexError", "Cannot choose from an empty sequence");
    return getitem(seq, below(len(seq)));
  }

  function choices(population, weights = null, cum_weights = null, k = 1) {
    const n = len(population);
    let sum = cum_weights;
    if (none(sum)) {
      if (none(weights)) return Array.from({ length: index(k) }, () => getitem(population, Math.floor(random() * n)));
      sum = sums(weights);
    } else if (!none(weights)) throw typeError("Cannot specify both weights and cumulative weights");
    sum = [...iterate(sum)];
    if (sum.length !== n) throw error("ValueError", "The number of weights does not match the population");
    const total = sum.at(-1);
    if (total <= 0) throw error("ValueError", "Total of weights must be greater than zero");
    if (!Number.isFinite(total)) throw error("ValueError", "Total of weights must be finite");
    return Array.from({ length: index(k) }, () => getitem(population, bisect(sum, random() * total, 0, n - 1)));
  }

  function shuffle(x) {
    for (let i = len(x) - 1; i > 0; i--) {
      const j = below(i + 1);
      const kept = getitem(x, i);
      late.setitem(x, i, getitem(x, j));
      late.setitem(x, j, kept);
    }
    return null;
  }

  function sample(population, k, counts = null) {
    if (typeof population !== "string" && !Array.isArray(population) && !population?.__getitem__)
      throw typeError("Population must be a sequence.  For dicts or sets, use sorted(d).");
    if (!none(counts)) {
      const sum = sums(counts);
      if (sum.length !== len(population)) throw error("ValueError", "The number of counts does not match the population");
      if (!(sum.at(-1) > 0)) throw error("ValueError", "Total of counts must be greater than zero");
      return chosen(sum.at(-1), index(k)).map((at) => getitem(population, bisect(sum, at)));
    }
    return chosen(len(population), index(k)).map((at) => getitem(population, at));
  }

  /** k of the positions below n. */
  function chosen(n, k) {
    if (k < 0 || k > n) throw error("ValueError", "Sample larger than population or is negative");
    let size = 21;
    if (k > 5) size += 4 ** Math.ceil(Math.log(k * 3) / Math.log(4));
    const out = [];
    if (n <= size) {
      const pool = Array.from({ length: n }, (_, i) => i);
      for (let i = 0; i < k; i++) {
        const j = below(n - i);
        out.push(pool[j]);
        pool[j] = pool[n - i - 1];
      }
      return out;
    }
    const taken = new Set();
    while (out.length < k) {
      const j = below(n);
      if (taken.has(j)) continue;
      taken.add(j);
      out.push(j);
    }
    return out;
  }

  function gauss(mu = 0, sigma = 1) {
    let z = gauss_next;
    gauss_next = null;
    if (z === null) {
      const angle = random() * TURN;
      const radius = Math.sqrt(-2 * Math.log(1 - random()));
      z = Math.cos(angle) * radius;
      gauss_next = Math.sin(angle) * radius;
    }
    return mu + z * sigma;
  }

  function normalvariate(mu = 0, sigma = 1) {
    for (;;) {
      const u1 = random();
      const u2 = 1 - random();
      const z = (NV_MAGIC * (u1 - 0.5)) / u2;
      if ((z * z) / 4 <= -Math.log(u2)) return mu + z * sigma;
    }
  }

  function triangular(low = 0, high = 1, mode = null) {
    let u = random();
    if (high === low) return low;
    let c = none(mode) ? 0.5 : (mode - low) / (high - low);
    if (u > c) [u, c, low, high] = [1 - u, 1 - c, high, low];
    return low + (high - low) * Math.sqrt(u * c);
  }

  return {
    choice, choices,
    expovariate: (lambd = 1) => -Math.log(1 - random()) / $py.divisor(lambd),
    gauss, getrandbits,
    lognormvariate: (mu = 0, sigma = 1) => Math.exp(normalvariate(mu, sigma)),
    normalvariate,
    paretovariate: (alpha) => (1 - random()) ** (-1 / alpha),
    randint, random, randrange, sample, seed, shuffle, triangular,
    uniform: (a, b) => a + (b - a) * random(),
    weibullvariate: (alpha, beta) => alpha * (-Math.log(1 - random())) ** (1 / beta),
  };
}

const Random = late.cls(late.ob, {
  name: "random:Random",
  label: "Random",
  methods: {
    __init__(x = null) {
      for (const [name, value] of Object.entries(generator())) Object.defineProperty(this, name, { value, writable: true, configurable: true });
      this.seed(x);
    },
  },
});

const shared = generator();
shared.seed();
late.$random = { ...shared, Random };

/** Python's `time`, of this machine's clock. */
const { error, isNumber, late, none, tuple_, typeError, typeName } = $py;

const seconds = (x) => {
  if (none(x)) return Date.now() / 1000;
  if (!isNumber(x)) throw typeError(`'${typeName(x)}' object cannot be interpreted as an integer`);
  return Number(x);
};
const two = (n, fill = "0") => String(n).padStart(2, fill);
const FIELDS = ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"];

/** A struct_time: a tuple whose elements have names. */
const struct_time = late.named_tuple("time:struct_time", "time.struct_time", FIELDS, {}, {});

function parts(date, utc) {
  const get = (name) => date[`get${utc ? "UTC" : ""}${name}`]();
  if (Number.isNaN(date.getTime())) throw error("OverflowError", "timestamp out of range for platform time_t");
  const year = get("FullYear");
  const start = Date.UTC(year, 0, 1);
  const summer = !utc && date.getTimezoneOffset() < Math.max(new Date(year, 0, 1).getTimezoneOffset(), new Date(year, 6, 1).getTimezoneOffset());
  return new struct_time(
    year, get("Month") + 1, get("Date"), get("Hours"), get("Minutes"), get("Seconds"), (get("Day") + 6) % 7,
    Math.round((Date.UTC(year, get("Month"), get("Date")) - start) / 864e5) + 1, summer ? 1 : 0,
  );
}

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
];

function strftime(format, t = null) {
  const [year, month, day, hour, minute, second, weekday, yearday] = none(t) ? localtime() : $py.iterate(t);
  const monday = (yearday + 6 - weekday) / 7;
  const codes = {
    Y: () => String(year), m: () => two(month), d: () => two(day), H: () => two(hour), M: () => two(minute), S: () => two(second),
    y: () => two(year % 100), I: () => two(hour % 12 || 12), p: () => (hour < 12 ? "AM" : "PM"), j: () => String(yearday).padStart(3, "0"),
    A: () => DAYS[weekday], a: () => DAYS[weekday].slice(0, 3), B: () => MONTHS[month - 1], b: () => MONTHS[month - 1].slice(0, 3),
    w: () => String((weekday + 1) % 7), u: () => String(weekday + 1), e: () => two(day, " "), W: () => two(Math.floor(monday)),
    U: () => two(Math.floor((yearday + 6 - ((weekday + 1) % 7)) / 7)), F: () => strftime("%Y-%m-%d", t), T: () => strftime("%H:%M:%S", t),
    D: () => strftime("%m/%d/%y", t), R: () => strftime("%H:%M", t), n: () => "\n", t: () => "\t", "%": () => "%",
    c: () => strftime("%a %b %e %H:%M:%S %Y", t), x: () => strftime("%m/%d/%y", t), X: () => strftime("%H:%M:%S", t), h: () => strftime("%b", t),
  };
  return format.replace(/%(.?)/gs, (all, code) => {
    if (!Object.hasOwn(codes, code)) throw error("ValueError", `strftime() in the browser does not know '${all}'`);
    return codes[code]();
  });
}

const localtime = (secs = null) => parts(new Date(Math.floor(seconds(secs)) * 1000), false);
const gmtime = (secs = null) => parts(new Date(Math.floor(seconds(secs)) * 1000), true);

late.$time = {
  asctime: (t = null) => strftime("%a %b %e %H:%M:%S %Y", t),
  ctime: (secs = null) => strftime("%a %b %e %H:%M:%S %Y", localtime(secs)),
  gmtime, localtime,
  mktime: (t) => {
    const [year, month, day, hour, minute, second] = $py.iterate(t);
    return new Date(year, month - 1, day, hour, minute, second).getTime() / 1000;
  },
  monotonic: () => performance.now() / 1000,
  perf_counter: () => performance.now() / 1000,
  strftime, struct_time: (iterable) => new struct_time(...$py.iterate(iterable)),
  time: () => (performance.timeOrigin + performance.now()) / 1000,
};

// From values to pixels, with ticks at round values.

/** {place(value) -> pixel, value(pixel), ticks}. `apart` is the least distance of ticks in pixels. */
function axisOf([first, last], log, from, to, apart) {
  const scale = log ? Math.log10 : (value) => value;
  const low = scale(first), high = scale(last);
  const most = Math.max(2, Math.floor(Math.abs(to - from) / apart));
  return {
    place: (value) => from + ((scale(value) - low) / (high - low)) * (to - from),
    value: (pixel) => {
      const found = low + ((pixel - from) / (to - from)) * (high - low);
      return log ? 10 ** found : found;
    },
    ticks: log && high - low > 0.7 ? decades(low, high, most) : roundValues(first, last, most),
  };
}

function roundValues(low, high, most) {
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9));
  const start = Math.ceil(low / step - 1e-9);
  return Array.from({ length: most + 2 }, (_, index) => (start + index) * step).filter((tick) => tick <= high + 1e-9 * step);
}

/** Powers of ten, in a short range with 2 and 5 times them. */
function decades(low, high, most) {
  const every = Math.max(1, Math.ceil((high - low) / most));
  const ticks = [];
  for (let power = Math.floor(low); power <= high; power += every) {
    for (const factor of high - low < 1.6 ? [1, 2, 5] : [1]) {
      const place = power + Math.log10(factor);
      if (place >= low - 1e-9 && place <= high + 1e-9) ticks.push(factor * 10 ** power);
    }
  }
  return ticks;
}

/** The range of values with room around them; of no values 0 to 1. */
function rangeOf(values, log, fromZero = false) {
  const usable = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  if (!usable.length) return log ? [1, 10] : [0, 1];
  const scale = log ? Math.log10 : (value) => value;
  const low = scale(usable.reduce((a, b) => Math.min(a, b))), high = scale(usable.reduce((a, b) => Math.max(a, b)));
  if (fromZero && !log && low >= 0) return [0, 1.02 * high || 1];
  const room = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - room, high + room].map((value) => (log ? 10 ** value : value));
}

/** All ticks of an axis in one form. */
function tickTexts(ticks) {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  const compact = (value) => value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 4 });
  const exponent = (value) => (value === 0 ? "0" : (+value.toPrecision(4)).toExponential());
  return ticks.map(largest >= 1e12 || largest < 1e-4 ? exponent : largest >= 1e5 ? compact : number);
}

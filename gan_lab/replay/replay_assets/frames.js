// The recorded frames of each run: where they are in time, and their values in exact numbers.

/** A run: its recording, with the words of 16 bits of each quantity. */
function opened(index) {
  const kept = stored(`replay-${index}`);
  const words = (text) => new Uint16Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const quantities = Object.fromEntries(
    Object.entries(kept.quantities).map(([name, { shape, low, high, values }]) => {
      return [name, { shape, low, high, words: words(values), size: shape.reduce((a, b) => a * b, 1) }];
    }),
  );
  return { ...data.runs[index], ...kept, quantities, real: floats(kept.real) };
}

const LEVELS = 65535;

/** The values of a quantity in one frame, in a row; null where the run has none. */
function valuesAt(run, name, frame) {
  const found = run.quantities[name];
  if (!found) return null;
  const low = found.low[frame], step = (found.high[frame] - low) / LEVELS;
  return Float64Array.from(found.words.subarray(frame * found.size, (frame + 1) * found.size), (word) => low + step * word);
}

/** The last frame of a run at or before a moment. */
function frameAt(run, moment) {
  let low = 0, high = run.time.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (run.time[middle] <= moment + 1e-9) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Every moment at which a run has a frame, once. */
function momentsOf(runs) {
  return [...new Set(runs.flatMap((run) => run.time))].sort((a, b) => a - b);
}

/** The lengths of the gradients of a frame, sorted. */
function lengthsOf(gradient) {
  const lengths = [];
  for (let i = 0; i < gradient.length; i += 2) lengths.push(Math.hypot(gradient[i], gradient[i + 1]));
  return lengths.sort((a, b) => a - b);
}

const middleOf = (sorted) => sorted[Math.floor(sorted.length / 2)];

/** The median length of the gradient over training, one value a frame. */
function gradientSizes(run) {
  return run.time.map((_, frame) => middleOf(lengthsOf(valuesAt(run, "gradient", frame))));
}

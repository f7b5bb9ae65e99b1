// The models of the page, and the code that all of them show.

const models = [];  // as `opened` returns them
const state = { seed: 1, kind: "", settings: { t: Infinity, sigma: 1 }, code: null, offsets: [], pins: {}, subject: 0 };

function opened(facts, content) {
  const prior = readPrior(content.prior);
  return {
    ...facts, prior, conditional: content.conditional, layers: readLayers(content.layers), ways: content.ways,
    axes: Array.from({ length: content.axes.count }, (_, i) => halves(content.axes.values).subarray(i * prior.dim, (i + 1) * prior.dim)),
    map: { ...content.map, e: halves(content.map.e), place: floats(content.map.place), distance: floats(content.map.distance) },
  };
}

/** A code that says which kind of prior it is of. */
const ofPrior = (prior, code) => ({ ...code, kind: prior.kind });

/** The same code for another model: as many of its numbers as the model takes, and its own component or class. */
function forModel({ prior }, { e, weights, kind }) {
  const own = Float32Array.from({ length: prior.dim }, (_, i) => e[i] ?? 0);
  const uniform = prior.kind === "uniform";
  if (uniform && kind !== "uniform") own.forEach((value, i) => (own[i] = errorFunction(value / Math.SQRT2)));
  if (!uniform && kind === "uniform") own.forEach((value, i) => (own[i] = Math.SQRT2 * inverseErrorFunction(0.9999 * value)));
  const known = weights.length ? weights : [[0, 1]];
  return { e: own, weights: prior.components ? known.map(([k, weight]) => [k % prior.components, weight]) : [] };
}

/** What codes can be drawn from: all, a class or a component, as [value, text]. */
function kindsOf({ prior, asked }) {
  const all = (count, name) => Array.from({ length: count }, (_, k) => [`${name} ${k}`, `${name} ${k}`]);
  return [...all(Math.min(asked, prior.components), "class"), ...(prior.components > asked ? all(prior.components, "component") : [])];
}

/** A component of that kind, drawn from a stream where a class has several; undefined for any. */
function componentOf({ prior, asked }, kind, ...keys) {
  if (!kind || !prior.components) return undefined;
  const [name, number] = kind.split(" "), k = Number(number) % prior.components;
  if (name === "component" || !asked) return k;
  return k + asked * Math.floor(stream(...keys, 3)() * Math.ceil((prior.components - k) / asked));
}

const sampleOf = (model, index) => drawn(model.prior, state.seed, index, componentOf(model, state.kind, state.seed, index));

/** The code that is shown: the chosen one, moved along the principal directions. */
function shownCode(model) {
  const code = forModel(model, state.code);
  state.offsets.forEach((offset, i) => {
    if (offset && model.axes[i]) code.e = code.e.map((value, j) => value + offset * model.axes[i][j]);
  });
  if (model.prior.kind === "uniform") code.e = code.e.map((value) => Math.max(-1, Math.min(1, value)));
  return code;
}

/** Shows a code in all models; the sliders of directions go back to 0. */
function take(code) {
  state.code = code;
  state.offsets.fill(0);
  showOne();
}

const subject = () => models[state.subject];

// Codes: e in z = mean + std e, where a mixture's mean and deviation are those of a component, or between two.

/** A latent distribution with its tensors as arrays. */
function readPrior(described) {
  const mixture = described.kind === "mixture";
  return { ...described, means: mixture && floats(described.means), stds: mixture && floats(described.stds) };
}

/** A code of the seed, {e, weights}: e is shared by all models, `weights` are those of components, one of them 1. */
function drawn(prior, seed, index, component) {
  const e = normals(prior.dim, seed, index, 1);
  if (prior.kind === "uniform") e.forEach((value, i) => (e[i] = errorFunction(value / Math.SQRT2)));
  const chosen = component ?? Math.floor(stream(seed, index, 2)() * prior.components);
  return { e, weights: prior.components ? [[chosen, 1]] : [] };
}

/** z of a code: e truncated at t and times sigma, then moved to where its component lies. */
function codeOf(prior, { e, weights }, { t = Infinity, sigma = 1 } = {}) {
  const z = e.map((value) => sigma * (prior.kind === "uniform" ? value : truncated(value, t)));
  if (prior.kind !== "mixture") return z;
  return z.map((value, i) => {
    const mixed = (values) => weights.reduce((sum, [k, weight]) => sum + weight * values[k * prior.dim + i], 0);
    return mixed(prior.means) + mixed(prior.stds) * value;
  });
}

/** d z / d e of a code whose e is neither truncated nor scaled. */
function slopeOf(prior, { weights }) {
  if (prior.kind !== "mixture") return new Float32Array(prior.dim).fill(1);
  return Float32Array.from({ length: prior.dim }, (_, i) => weights.reduce((sum, [k, weight]) => sum + weight * prior.stds[k * prior.dim + i], 0));
}

/** The input of the first layer: the codes, each with its class as a one-hot vector if the generator is conditional. */
function inputsOf({ prior, conditional }, codes, settings) {
  const width = prior.dim + conditional, x = new Float32Array(codes.length * width);
  codes.forEach((code, index) => {
    x.set(codeOf(prior, code, settings), index * width);
    if (conditional) x[index * width + prior.dim + nearestComponent(code)] = 1;
  });
  return x;
}

const nearestComponent = ({ weights }) => weights.reduce((best, each) => (each[1] > best[1] ? each : best))[0];

/** The code at a share of the way between two: along an arc, the components' weights along a line. */
function between(prior, first, last, share) {
  const norm = (e) => Math.sqrt(e.reduce((sum, value) => sum + value * value, 0));
  const cosine = product(first.e, 0, last.e, 0, prior.dim) / (norm(first.e) * norm(last.e));
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine))), sine = Math.sin(angle);
  const straight = prior.kind === "uniform" || !(sine > 1e-6);
  const [a, b] = straight ? [1 - share, share] : [Math.sin((1 - share) * angle) / sine, Math.sin(share * angle) / sine];
  const weights = [...first.weights.map(([k, weight]) => [k, weight * (1 - share)]), ...last.weights.map(([k, weight]) => [k, weight * share])];
  return { e: first.e.map((value, i) => a * value + b * last.e[i]), weights };
}

/** A standard normal number mapped to [-t, t] by equal probabilities. */
function truncated(value, t) {
  if (t === Infinity) return value;
  return Math.max(-t, Math.min(t, Math.SQRT2 * inverseErrorFunction(errorFunction(t / Math.SQRT2) * errorFunction(value / Math.SQRT2))));
}

/** erf by its series, or for large numbers by the continued fraction of erfc (Abramowitz and Stegun 7.1.5, 7.1.14). */
function errorFunction(x) {
  const size = Math.abs(x);
  if (size > 2.5) {
    let below = 0;
    for (let k = 30; k > 0; k--) below = k / 2 / (size + below);
    return Math.sign(x) * (1 - Math.exp(-x * x) / ((size + below) * Math.sqrt(Math.PI)));
  }
  let term = x, sum = x;
  for (let k = 1; k < 40; k++) {
    term *= (-x * x) / k;
    sum += term / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** The inverse of erf: the approximation of Winitzki (2008), and Newton's steps. */
function inverseErrorFunction(y) {
  if (Math.abs(y) >= 1) return Math.sign(y) * Infinity;
  const log = Math.log(1 - y * y), half = 2 / (Math.PI * 0.147) + log / 2;
  let x = Math.sign(y) * Math.sqrt(Math.sqrt(half * half - log / 0.147) - half);
  for (let step = 0; step < 3; step++) x -= ((errorFunction(x) - y) * Math.sqrt(Math.PI)) / 2 / Math.exp(-x * x);
  return x;
}

// The samples of the map that are most like a drawing, and the code that is found from them by gradient steps.

const STARTS = 4, STEPS = 120, RATE = 0.1, ON_SPHERE = 0.1, ALIKE = 5;

function setUpSearch() {
  element("look").addEventListener("click", () => withPixels((order) => showAlike(order)));
  element("search").addEventListener("click", () => withPixels((order) => {
    showAlike(order);
    descend(order.slice(0, STARTS));
  }));
}

/** Calls `then` with the samples of the map, the most alike first; their images are generated when they are first needed. */
function withPixels(then) {
  const model = subject(), { count } = model.map;
  if (!pad.ink.some((value) => value > 0)) {
    element("draw-said").textContent = "There is nothing on the pad yet.";
    return;
  }
  const size = model.shape.reduce((a, b) => a * b), wanted = drawing();
  const compared = () => then(Array.from({ length: count }, (_, i) => i)
    .map((index) => [squaredError(model.pixels, index * size, wanted), index])
    .sort(([a], [b]) => a - b).map(([, index]) => index));
  if (model.pixels) return compared();
  const pixels = new Float32Array(count * size);
  inFrames("pixels", count, (first, last) => {
    const codes = Array.from({ length: last - first }, (_, i) => mappedCode(model, first + i));
    pixels.set(images(model.layers, inputsOf(model, codes), last - first), first * size);
    element("draw-said").textContent = `Generating the samples of the map: ${last.toLocaleString("en")} of ${count.toLocaleString("en")}.`;
  }, () => {
    model.pixels = pixels;
    compared();
  });
}

/** The mean squared error of an image against another one. */
function squaredError(x, start, wanted) {
  let sum = 0;
  for (let i = 0; i < wanted.length; i++) sum += (x[start + i] - wanted[i]) ** 2;
  return sum / wanted.length;
}

function showAlike(order) {
  const model = subject(), size = model.shape.reduce((a, b) => a * b);
  element("alike").replaceChildren(...order.slice(0, ALIKE).map((index, place) => {
    const button = make("button", { text: "take", type: "button", onclick: () => chooseSample(index) });
    button.setAttribute("aria-label", `take sample ${place + 1}`);
    return figure(imageOf(model, model.pixels, index * size, `sample ${place + 1} that is alike`), button);
  }));
  element("draw-said").textContent = "These samples of the map are most like the drawing.";
}

/** The gradient by e of the loss (G(z) - x)^2 averaged over pixels + (||e|| / sqrt d - 1)^2 / 10, with each error. */
function lossAndGradient(model, codes, wanted) {
  const { prior, layers } = model, n = codes.length, values = passed(layers, inputsOf(model, codes), n), x = values.at(-1);
  const errors = codes.map((_, sample) => squaredError(x, sample * wanted.length, wanted));
  const byPixel = x.map((value, i) => (2 / wanted.length) * (value - wanted[i % wanted.length]));
  const byInput = gradientOf(layers, values, byPixel, n), width = byInput.length / n;
  const gradients = codes.map((code, sample) => {
    const slope = slopeOf(prior, code), norm = Math.sqrt(product(code.e, 0, code.e, 0, prior.dim)), root = Math.sqrt(prior.dim);
    const outwards = prior.kind === "uniform" ? 0 : (2 * ON_SPHERE * (norm / root - 1)) / (norm * root);
    return code.e.map((value, i) => byInput[sample * width + i] * slope[i] + outwards * value);
  });
  return { x, errors, gradients };
}

/** Steps of Adam (Kingma and Ba 2015) on the codes of several starts, whose best image is shown as they go. */
function descend(starts) {
  const model = subject(), { prior } = model, wanted = drawing();
  const codes = starts.map((index) => ({ ...mappedCode(model, index), e: mappedCode(model, index).e.slice() }));
  const first = codes.map(({ e }) => new Float32Array(e.length)), second = codes.map(({ e }) => new Float32Array(e.length));
  let step = 0;
  const job = {};
  running.set("search", job);
  const go = () => {
    if (running.get("search") !== job) return;
    const { x, errors, gradients } = lossAndGradient(model, codes, wanted);
    const best = errors.indexOf(errors.reduce((a, b) => Math.min(a, b)));
    showFound(model, codes[best], x, best * wanted.length, errors[best], step);
    if (step++ === STEPS) return;
    const rate = (RATE * (1 + Math.cos((Math.PI * (step - 1)) / STEPS))) / 2;
    codes.forEach(({ e }, sample) => e.forEach((_, i) => {
      const g = gradients[sample][i];
      first[sample][i] = 0.9 * first[sample][i] + 0.1 * g;
      second[sample][i] = 0.999 * second[sample][i] + 0.001 * g * g;
      e[i] -= (rate * first[sample][i]) / (1 - 0.9 ** step) / (Math.sqrt(second[sample][i] / (1 - 0.999 ** step)) + 1e-8);
      if (prior.kind === "uniform") e[i] = Math.max(-1, Math.min(1, e[i]));
    }));
    requestAnimationFrame(go);
  };
  go();
}

function showFound(model, code, x, start, error, step) {
  const button = make("button", { text: "take", type: "button", onclick: () => take(ofPrior(model.prior, code)) });
  button.setAttribute("aria-label", "take the code that was found");
  element("found").replaceChildren(figure(imageOf(model, x, start, "the image of the code that was found"), "found ", button));
  if (step % 20 === 0) {
    const done = step === STEPS;
    element("draw-said").textContent = `${done ? "Found" : "Searching"}: after ${step} of ${STEPS} steps the mean squared error of pixels in [-1, 1] is ${number(error)}.`;
  }
  if (step === STEPS) performance.mark("found");
}

// One code, in all models: between two pinned ones, and along the principal directions.

const REACH_OF_AXES = 4;

function setUpOne() {
  models.forEach((model) => {
    model.canvas = canvasOf(model.shape[2], model.shape[1], `the image of the code by ${model.name}`);
    element("ones").append(make("figure", {}, make("figcaption", { text: model.name }), model.canvas));
  });
  const count = Math.max(...models.map((model) => model.axes.length));
  state.offsets = Array(count).fill(0);
  for (let i = 0; i < count; i++) {
    const input = make("input", { type: "range", min: -REACH_OF_AXES, max: REACH_OF_AXES, step: 0.1, value: 0, id: `axis-${i}` });
    const said = make("output", { text: "0" });
    input.setAttribute("aria-label", `direction ${i + 1}, in standard deviations`);
    element("axes").append(make("label", { className: "dial" }, `${i + 1}`, input, said));
    input.addEventListener("input", () => {
      state.offsets[i] = Number(input.value);
      showOne();
    });
  }
  for (const name of ["a", "b"]) element(`pin-${name}`).addEventListener("click", () => pin(name));
  element("share").addEventListener("input", () => {
    const { prior } = models[0], { a, b } = state.pins;
    take(ofPrior(prior, between(prior, forModel(models[0], a), forModel(models[0], b), Number(element("share").value))));
    sayShare();
  });
  element("reset").addEventListener("click", () => take(state.code));
  element("own-kind").addEventListener("change", () => {
    const k = componentOf(models[0], element("own-kind").value, state.seed, 0);
    if (k !== undefined) take({ ...shownAsCode(), weights: [[k, 1]] });
  });
}

const shownAsCode = () => ofPrior(models[0].prior, shownCode(models[0]));

function pin(name) {
  state.pins[name] = shownAsCode();
  element(`pin-${name}`).textContent = `${name.toUpperCase()} is pinned`;
  element(`pin-${name}`).classList.add("on");
  if (state.pins.a && state.pins.b) {
    element("share").disabled = false;
    element("share").value = name === "a" ? 0 : 1;
    sayShare();
  }
}

function sayShare() {
  element("share-said").textContent = `${Math.round(100 * element("share").value)} %`;
}

/** Generates the image of the code in each model. */
function showOne() {
  for (const model of models) {
    const x = images(model.layers, inputsOf(model, [shownCode(model)], state.settings), 1);
    model.canvas.getContext("2d").putImageData(pixelsOf(model.shape, x, 0), 0, 0);
  }
  state.offsets.forEach((offset, i) => {
    const input = element(`axis-${i}`);
    input.value = offset;
    input.nextSibling.textContent = offset.toFixed(1);
  });
}

// How samplers move ten codes, with the critic's score at each recorded step.

const shownWay = { way: null, position: 1 };

function setUpWays() {
  setUpSlider((position) => {
    shownWay.position = position;
    showMovers();
  });
  element("position").setAttribute("aria-label", "step of the sampler");
  element("way").addEventListener("change", showWay);
}

function showSubjectsWays() {
  options(element("way"), subject().ways.map(({ name }) => [name, name]), subject().ways[0].name);
  showWay();
}

function showWay() {
  const model = subject(), way = model.ways.find(({ name }) => name === element("way").value);
  element("refused").textContent = way.refused ? `This sampler does not take the model: ${way.refused}.` : "";
  for (const part of [element("going"), document.querySelector("#ways .slider")]) part.hidden = Boolean(way.refused);
  shownWay.way = way.refused ? null : { ...way, e: halves(way.e), score: floats(way.score) };
  if (!shownWay.way) return;
  const { steps, count, score, name } = shownWay.way, [, height, width] = model.shape;
  Object.assign(element("movers"), { width: count * (width + 1) - 1, height });
  const mean = steps.map((_, at) => score.subarray(at * count, (at + 1) * count).reduce((a, b) => a + b, 0) / count);
  const one = (sample) => Float32Array.from(steps, (_, at) => score[at * count + sample]);
  drawChart(element("scores"), {
    lines: [
      ...Array.from({ length: count }, (_, sample) => ({ id: String(sample), name: `sample ${sample + 1}`, colour: colourOf(sample), x: steps, y: one(sample), opacity: 0.4, width: 1.5 })),
      { id: "mean", name: "mean", colour: getComputedStyle(document.body).color, x: steps, y: Float32Array.from(mean), width: 2.5 },
    ],
    x: { title: "step" }, y: { title: "score" },
    label: `the critic's score of ten samples against steps of ${name}: its mean goes from ${number(mean[0])} to ${number(mean.at(-1))}`,
  });
  showMovers();
}

/** Shows the ten images at the slider's place; between two recorded steps on the arc between their codes. */
function showMovers() {
  const model = subject(), { way, position } = shownWay;
  if (!way) return;
  const { prior } = model, { steps, count, e, component } = way, place = position * (steps.length - 1);
  const at = Math.min(steps.length - 2, Math.floor(place)), share = place - at;
  const recorded = (step, sample) => ({
    e: e.subarray((step * count + sample) * prior.dim, (step * count + sample + 1) * prior.dim),
    weights: component ? [[component[sample], 1]] : [],
  });
  const codes = Array.from({ length: count }, (_, sample) => between(prior, recorded(at, sample), recorded(at + 1, sample), share));
  const x = images(model.layers, inputsOf(model, codes), count), context = element("movers").getContext("2d");
  const size = x.length / count, step = steps[at] + share * (steps[at + 1] - steps[at]);
  for (let sample = 0; sample < count; sample++) context.putImageData(pixelsOf(model.shape, x, sample * size), sample * (model.shape[2] + 1), 0);
  const text = `step ${Math.round(step).toLocaleString("en")}`;
  element("moment").textContent = text;
  element("position").setAttribute("aria-valuetext", text);
  element("movers").setAttribute("aria-label", `ten samples at ${text} of ${way.name}`);
  markMoment(element("scores"), step);
}

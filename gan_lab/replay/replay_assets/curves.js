// Measures over training, all runs in one chart each, with a line at the moment that is shown.

const CURVES = [
  ["emd", "Earth mover's distance", "How far points must be moved on average to turn generated into real ones. It falls while a generator comes nearer.", () => true],
  ["js", "Jensen-Shannon divergence", "Of shares in equal parts of the picture: log 2, about 0.69, where real and generated points have no part in common, however far they are.", () => true],
  ["modes", "Modes", "How many Gaussians of the data have a generated point within four standard deviations.", (run) => run.modes > 0],
  ["gradient", "Median gradient", "How much the loss moves a generated point. Where it vanishes, the generator learns nothing.", (run) => run.quantities.gradient],
];

function setUpCurves(host, runs) {
  const hosts = [];
  element("legend").append(...runs.map((run, index) => make("span", {}, dotOf(index), run.name)));
  for (const [name, title, sentence, there] of CURVES) {
    const lines = runs.flatMap((run, index) => (there(run) ? [lineFor(run, index, name)] : [])).filter(({ x }) => x.length);
    if (!lines.length) continue;
    const plot = make("div", { className: "plot", id: `curve-${name}` });
    host.append(make("div", {}, make("h3", { text: title }), make("p", { text: sentence }), plot));
    const ends = lines.map((line) => `${line.name} ends at ${number(line.y[line.y.length - 1])}`).join(", ");
    const log = name === "gradient" && lines.every(({ y }) => y.every((value) => value > 0));
    const levels = name === "js" ? [{ value: Math.log(2), text: "log 2" }] : [];
    drawChart(plot, { lines, levels, x: { title: "generator steps" }, y: { log }, label: `${title} against generator steps: ${ends}` });
    hosts.push(plot);
  }
  return hosts;
}

/** A run's curve, of whole steps. */
function lineFor(run, index, name) {
  const values = name === "gradient" ? gradientSizes(run) : run.measures[name];
  const kept = run.time.flatMap((time, i) => (Number.isInteger(time) && Number.isFinite(values[i]) ? [i] : []));
  return { id: run.name, name: run.name, colour: colourOf(index), x: kept.map((i) => run.time[i]), y: kept.map((i) => values[i]) };
}

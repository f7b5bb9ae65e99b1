// A card for each run: its picture, what has just happened, and the figures of the moment.

const TURNS = ["", "critic", "generator"];

/** The colour of a run, which is neither that of real points nor that of generated ones. */
const colourOf = (index) => PALETTE[(index + 2) % PALETTE.length];

function dotOf(index) {
  const dot = make("span", { className: "dot" });
  dot.style.background = colourOf(index);
  return dot;
}

function panelOf(run, index) {
  const canvas = make("canvas", { id: `picture-${index}` }), turn = make("span", { className: "turn" }), figures = make("dl");
  canvas.setAttribute("role", "img");
  const card = make("section", { className: "card" }, make("h2", {}, dotOf(index), run.name), make("p", { className: "muted", text: run.sentence }), canvas, turn, figures);
  return { run, canvas, turn, figures, card };
}

/** Shows the last frame of the run at or before a moment. */
function showPanel({ run, canvas, turn, figures }, moment, layers) {
  const frame = frameAt(run, moment);
  drawFrame(canvas, run, frame, layers);
  const said = figuresOf(run, frame, canvas.drawn);
  figures.replaceChildren(...said.map(([name, value]) => make("div", {}, make("dt", { text: name }), make("dd", { text: value }))));
  const ended = moment > run.time[run.time.length - 1] + 1e-9;
  turn.className = `turn ${TURNS[run.turn[frame]]}`;
  turn.textContent = `${momentWords(run.time[frame], run.turn[frame])}${ended ? ", where the recording ends" : ""}`;
  canvas.setAttribute("aria-label", `${run.name}, ${turn.textContent}: ${said.map((pair) => pair.join(" ")).join(", ")}`);
}

/** "generator step 120", with the turn that it follows. */
function momentWords(time, turn) {
  const step = Math.floor(time + 1e-9).toLocaleString("en");
  if (turn === 1) return `after step ${step}, after a turn of the critic`;
  return `generator step ${step}${turn === 2 ? ", after the generator's turn" : ""}`;
}

function figuresOf(run, frame, { gradient, range }) {
  const known = (name) => run.measures[name][frame] !== null;
  const found = [];
  if (known("emd")) found.push(["earth mover's distance", number(run.measures.emd[frame])]);
  if (known("js")) found.push(["Jensen-Shannon divergence", number(run.measures.js[frame])]);
  if (run.modes && known("modes")) found.push(["modes", `${run.measures.modes[frame]} of ${run.modes}`]);
  if (gradient) found.push(["median gradient", short(middleOf(lengthsOf(gradient)))]);
  if (range) found.push(["critic's values", rangeWords(...range)]);
  return found;
}

/** The ends of a range; where they look the same, how far they are apart. */
function rangeWords(low, high) {
  return short(low) === short(high) ? `${short(high - low)} apart` : `${short(low)} to ${short(high)}`;
}

const short = (value) => (Math.abs(value) >= 1000 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(1) : String(+value.toPrecision(3)));

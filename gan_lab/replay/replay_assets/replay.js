// Moves all runs through training together.

const state = { at: 0, layers: {}, playing: null };
let runs = [], panels = [], moments = [], hosts = [];

const FAST = 110, SLOW = 600;  // milliseconds a moment
const moment = () => moments[state.at];

/** Draws the moment at which the slider stands. `said` tells a screen reader too. */
function show(said = true) {
  element("moment").value = state.at;
  for (const panel of panels) showPanel(panel, moment(), state.layers);
  for (const chart of hosts) markMoment(chart, moment());
  const whole = Number.isInteger(moment()), words = `${whole ? "" : "within the round after "}generator step ${Math.floor(moment()).toLocaleString("en")}`;
  element("told").textContent = words;
  element("moment").setAttribute("aria-valuetext", words);
  if (said) element("said").textContent = panels.map(({ canvas }) => canvas.getAttribute("aria-label")).join(". ");
  element("back").disabled = state.at === 0;
  element("on").disabled = state.at === moments.length - 1;
  for (const turn of [1, 2]) element(`next-${TURNS[turn]}`).disabled = nextTurn(turn) < 0;
}

function go(to) {
  if (to < 0 || to >= moments.length) return;
  state.at = to;
  show(state.playing === null);
}

/** The next moment at which a run shows a single turn of a player; -1 where there is none. */
function nextTurn(turn) {
  return moments.findIndex((time, index) => index > state.at && runs.some((run) => run.turn[frameAt(run, time)] === turn && run.time[frameAt(run, time)] === time));
}

/** The next moment to play: in slow motion every one, otherwise whole steps. */
function following() {
  if (element("slow").checked) return state.at + 1;
  return moments.findIndex((time, index) => index > state.at && Number.isInteger(time));
}

function pause() {
  clearTimeout(state.playing);
  state.playing = null;
  element("play").textContent = "▶";
  element("play").setAttribute("aria-label", "play");
  show();
}

function advance() {
  const next = following();
  if (next < 0 || next >= moments.length) return pause();
  go(next);
  state.playing = setTimeout(advance, element("slow").checked ? SLOW : FAST);
}

function play() {
  if (state.playing !== null) return pause();
  if (state.at === moments.length - 1) go(0);
  element("play").textContent = "❚❚";
  element("play").setAttribute("aria-label", "pause");
  state.playing = setTimeout(advance, 0);
}

function setUpTransport() {
  element("moment").max = moments.length - 1;
  element("moment").addEventListener("input", (event) => go(Number(event.target.value)));
  element("play").addEventListener("click", play);
  element("back").addEventListener("click", () => go(state.at - 1));
  element("on").addEventListener("click", () => go(state.at + 1));
  for (const turn of [1, 2]) element(`next-${TURNS[turn]}`).addEventListener("click", () => go(nextTurn(turn)));
}

/** Once everything that is kept has been read. */
function drawCharts() {
  runs = data.runs.map((_, index) => opened(index));
  moments = momentsOf(runs);
  panels = runs.map(panelOf);
  element("panels").append(...panels.map(({ card }) => card));
  setUpLayers(element("layers"), runs, state.layers, show);
  hosts = setUpCurves(element("curves"), runs);
  setUpTransport();
  setUpBoard();
  state.at = moments.length - 1;
  show(false);
  addEventListener("resize", () => show(false));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(false));
  performance.mark("drawn");
}

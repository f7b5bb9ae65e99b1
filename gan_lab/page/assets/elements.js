// Small things of every page: elements, and how values are written.

const PALETTE = ["#3b78d8", "#e8792b", "#2f9e6e", "#d1495b", "#8a63c9", "#17a2b8", "#b5892e", "#d667a8", "#6b8e23", "#7d8597"];
const CLOCK_NAMES = { generator_steps: "generator steps", images_seen: "images seen", seconds: "seconds" };

const element = (id) => document.getElementById(id);

/** An element with text in it: nothing from a run is ever read as HTML. */
function make(tag, { text, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

function options(select, entries, value) {
  select.replaceChildren(...entries.map(([key, text]) => make("option", { value: key, text, selected: key === value })));
}

/** What only rounding keeps from being 0 is 0. */
const NOISE = 1e-12;

function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (Math.abs(value) < NOISE) return "0";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return Math.abs(value) >= 1e-5 ? String(+value.toPrecision(4)) : value.toExponential(2);
}

/** The name of a curve's group: the player of a term, or measures. */
const groupOf = (name) => (name.includes("/") ? name.split("/")[0] : "measures");

/** Whether values of a measure of which lower ones are better are told apart on a logarithmic axis alone. */
function wantsLog(values, direction) {
  if (direction >= 0) return false;
  const known = values.filter(Number.isFinite);
  const least = known.reduce((a, b) => Math.min(a, b), Infinity), most = known.reduce((a, b) => Math.max(a, b), 0);
  return least > 0 && most > 8 * least;
}

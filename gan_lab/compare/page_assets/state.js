// What is chosen, which rows that leaves, and how values and rows look.

const SCALE = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [214, 200, 40]];

const state = {
  section: 0, mode: "seeds", which: "best", text: "", chosen: new Map(), selected: new Set(),
  sort: null, colour: "row", everyMeasure: false, everySetting: false,
  measure: null, clock: 0, logX: false, logY: false, position: 1, cards: 24,
};

const section = () => data.sections[state.section];

function shown(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (typeof value !== "number") return String(value);
  const short = +value.toPrecision(6);
  return short !== 0 && Math.abs(short) < 1e-4 ? short.toExponential() : String(short);
}

/** -1 where lower values are better, 1 where higher ones are. */
const direction = (name) => section().directions[name] || 0;

// Rows: over seeds, or every run.

const madeRows = new Map();

function rows() {
  const key = `${state.section} ${state.mode}`;
  if (!madeRows.has(key)) {
    const grouped = section().rows.map((row, index) => finish({ ...row, index, id: `g${index}` }));
    madeRows.set(key, state.mode === "seeds" ? grouped : grouped.flatMap(runsOf));
  }
  return madeRows.get(key);
}

function runsOf(row) {
  const alone = (values, spread = {}) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value, spread[name] ?? null, 1]]));
  return row.results.map((index) => {
    const { best, last, raw, cost, machine, seed, spread, interval } = data.results[index];
    return finish({
      ...row, machine, interval, id: `r${index}`, label: `${row.label} · seed ${seed}`, results: [index], counted: [index],
      best: alone(best, spread), last: alone(last), raw: alone(raw), cost: alone(cost), seed,
    });
  });
}

function finish(row) {
  const found = row.results.map((index) => data.results[index]);
  row.states = {};
  for (const { status, reason } of found) (row.states[status] ??= []).push(reason);
  row.findings = findingsOf(row.counted.map((index) => data.results[index].findings));
  row.folders = [...new Set(found.map((result) => result.group))];
  const settings = data.columns.map((column, index) => `${column.key}=${shown(row.values[index])}`);
  const words = found.flatMap((result) => [result.name, `seed=${result.seed}`, result.status, result.reason, ...result.findings]);
  row.text = [row.label, ...settings, ...words].join("\n").toLowerCase();
  return row;
}

/** `images alike, recall gone (2 of 3)` of the findings of several runs. */
function findingsOf(runs) {
  const often = (name) => runs.filter((found) => found.includes(name)).length;
  const names = [...new Set(runs.flat())];
  return names.map((name) => (often(name) === runs.length ? name : `${name} (${often(name)} of ${runs.length})`)).join(", ");
}

function visible() {
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows().filter(
    (row) =>
      words.every((word) => row.text.includes(word)) &&
      [...state.chosen].every(([key, values]) => !values.size || valuesOf(row, key).some((value) => values.has(value))),
  );
}

function valuesOf(row, key) {
  if (key === "state") return Object.keys(row.states);
  if (key === "folder") return row.folders;
  return [shown(row.values[data.columns.findIndex((column) => column.key === key)])];
}

const faded = (row) => state.selected.size > 0 && !state.selected.has(row.id);

function colourOf(row) {
  const column = data.columns.findIndex(({ key }) => key === state.colour);
  if (column < 0) return colourAt(row.index, section().rows.length);
  const all = [...new Set(section().rows.map((other) => other.values[column]))];
  const numbers = all.filter((value) => typeof value === "number").sort((a, b) => a - b);
  const value = row.values[column];
  if (numbers.length < 2 || typeof value !== "number") return colourAt(all.indexOf(value), all.length);
  return gradient(numbers.indexOf(value) / (numbers.length - 1));
}

const colourAt = (index, count) =>
  count <= PALETTE.length ? PALETTE[index] : `hsl(${Math.round((index * 137.508) % 360)}, 58%, ${44 + (index % 3) * 9}%)`;

function gradient(share) {
  const place = share * (SCALE.length - 1), low = Math.min(Math.floor(place), SCALE.length - 2);
  return `rgb(${SCALE[low].map((value, i) => Math.round(value + (SCALE[low + 1][i] - value) * (place - low))).join(", ")})`;
}

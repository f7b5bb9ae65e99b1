// The table: one row for each row that is visible; sorted by the head that was clicked, by the best monitored measure first.

const COST_HEADS = {
  generator_steps: ["steps", "generator"], images_seen: ["images", "real images used"], seconds: ["seconds", "including evaluation"],
  seconds_per_1000_steps: ["s / 1000", "generator steps"],
};

/** {id, head, above, title, words, cell(row) -> [text, value to sort by, text beside it, text below it], floors}: results before settings. */
function tableColumns() {
  const { monitor, measures, headlines, floors, kind } = section();
  const training = kind === "training", every = state.mode === "runs";
  const name = { id: "row", head: every ? "run" : "row", words: true, wraps: true, cell: (row) => [row.label, row.label] };
  const value = (measure, which) => (row) => {
    const [mean, spread] = row[which][measure] || [];
    const sure = which === "best" && measures.indexOf(measure) < headlines ? row.interval[measure] : undefined;
    return [number(mean), mean, spread === null || spread === undefined ? "" : `± ${number(+spread.toPrecision(2))}`, sure ? ends(...sure) : ""];
  };
  const column = (measure, which) => ({
    id: `${which}/${measure}`, head: measure, above: training ? which : "", cell: value(measure, which), floors: floors.map(([, floor]) => floor[measure]),
    title: training ? `${measure} of the ${which} generator` : measure, direction: direction(measure),
  });
  const raw = section().rows.some((row) => row.raw[monitor]);
  const results = ["best", ...(training ? ["last"] : []), ...(raw ? ["raw"] : [])].map((which) => column(monitor, which));
  const ill = rows().some((row) => row.findings);
  const findings = ill ? [{ id: "findings", head: "findings", words: true, wraps: true, title: "what python -m gan_lab.doctor explains", cell: (row) => [row.findings, row.findings] }] : [];
  const others = measures.slice(1, state.everyMeasure ? undefined : headlines).map((measure) => column(measure, state.which));
  const unfinished = rows().some((row) => Object.keys(row.states).join() !== "finished");
  const states = unfinished ? [{ id: "state", head: "state", words: true, badges: true, cell: (row) => ["", Object.keys(row.states).join()] }] : [];
  const runs = every
    ? [{ id: "seed", head: "seed", cell: (row) => [shown(row.seed), row.seed] }]
    : [{ id: "seeds", head: "seeds", title: "number of seeds in the means", cell: (row) => [seedsOf(row), row.counted.length] }];
  const costs = data.costs.map((cost) => ({
    id: cost, head: COST_HEADS[cost][0], above: COST_HEADS[cost][1], title: cost,
    cell: (row) => [number((row.cost[cost] || [])[0]), (row.cost[cost] || [])[0]],
  }));
  const machine = { id: "machine", head: "machine", words: true, cell: (row) => [row.machine, row.machine] };
  const place = { id: "run", head: "folder", words: true, cell: (row) => [data.results[row.results[0]].name, data.results[row.results[0]].name] };
  const further = state.everySetting ? section().folded.map(settingColumn) : [];
  return [name, ...results, ...states, ...findings, ...others, ...runs, ...section().apart.map(settingColumn), ...costs, machine, ...further, ...(every ? [place] : [])];
}

/** An interval with as few digits as tell its ends apart, three or four. */
function ends(low, high) {
  const short = (value) => number(Math.abs(value) < 1000 ? +value.toPrecision(3) : value);
  const form = short(low) === short(high) ? number : short;
  return low < 0 ? `${form(low)} to ${form(high)}` : `${form(low)}–${form(high)}`;
}

function settingColumn(index) {
  const { key, name, same } = data.columns[index];
  const cut = name.lastIndexOf(".");
  const also = same.length ? `\nthese settings have the same value in every run: ${same.join(", ")}` : "";
  return {
    id: key, head: name.slice(cut + 1), above: name.slice(0, Math.max(cut, 0)), title: key + also, words: true,
    cell: (row) => [row.values[index] === "" ? "" : shown(row.values[index]), row.values[index]],
  };
}

function seedsOf(row) {
  const sampling = Math.max(...row.counted.map((index) => data.results[index].sampling));
  return sampling > 1 ? `${row.counted.length} (${sampling} sampling seeds)` : String(row.counted.length);
}

function sorted(shownRows, columns) {
  const { id, down } = state.sort || { id: `best/${section().monitor}`, down: false };
  const column = columns.find((each) => each.id === id) || columns[0];
  const empty = (value) => value === undefined || value === null || value === "" || Number.isNaN(value);
  const keyed = shownRows.map((row) => [row, column.cell(row)[1]]);
  keyed.sort(([, a], [, b]) => {
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    const order = typeof a === "number" && typeof b === "number" ? a - b : shown(a).localeCompare(shown(b), "en", { numeric: true });
    return down ? -order : order;
  });
  return keyed.map(([row]) => row);
}

function drawTable() {
  const columns = tableColumns();
  const shownRows = sorted(visible(), columns);
  const active = state.sort || { id: `best/${section().monitor}`, down: false };
  const heads = columns.map((column) => {
    const head = make("th", { title: column.title || "", className: column.words ? "words" : "", tabIndex: 0 });
    head.append(make("small", { text: column.above || " " }), column.head);
    head.dataset.column = column.id;
    head.setAttribute("aria-sort", active.id !== column.id ? "none" : active.down ? "descending" : "ascending");
    head.onclick = () => {
      state.sort = { id: column.id, down: active.id === column.id ? !active.down : column.direction === 1 };
      drawTable();
    };
    head.onkeydown = (event) => event.key === "Enter" && head.onclick();
    return head;
  });
  element("table").tHead.replaceChildren(make("tr", {}, ...heads));
  const tops = columns.map((column) => top(column, shownRows));
  const body = shownRows.map((row) => tableRow(row, columns, tops));
  if (section().floors.length) body.push(floorRow(columns, section().floors));
  element("table").tBodies[0].replaceChildren(...body);
  const total = rows().length;
  const unit = `${state.mode === "seeds" ? "row" : "run"}${total === 1 ? "" : "s"}`;
  element("shown").textContent = `${shownRows.length}${shownRows.length < total ? ` of ${total}` : ""} ${unit}`;
  element("release").hidden = !state.selected.size;
  const notes = [section().interval, state.mode === "seeds" ? section().spread : ""].filter(Boolean);
  element("spread").hidden = !notes.length;
  element("spread").textContent = `${notes.join("; ")}.`;
  element("two-floors").hidden = !section().why_two_floors;
  element("two-floors").textContent = section().why_two_floors;
  showVerdicts(state.mode === "seeds" && state.which === "best" ? section().verdicts : []);
  hintAtColumns();
}

/** The rule, and the verdicts in a list below it, which is open where it is short. */
function showVerdicts([rule, ...told]) {
  const quoted = (part, index) => (index % 2 ? make("code", { text: part }) : part);
  const items = told.map((verdict) => make("li", {}, ...verdict.split("`").map(quoted)));
  const list = make("details", { className: "muted", open: told.length <= 5 }, make("summary", { text: rule }), make("ul", {}, ...items));
  const sentence = rule ? [make("p", { className: "muted", text: rule })] : [];
  element("verdicts").replaceChildren(...(told.length ? [list] : sentence));
}

/** How many columns lie outside of what is seen of the table, since nothing else says that there are more. */
function hintAtColumns() {
  const { right } = element("table").parentElement.getBoundingClientRect();
  const beyond = [...element("table").tHead.rows[0].cells].filter((head) => head.getBoundingClientRect().right > right + 1).length;
  element("more-columns").hidden = !beyond;
  element("more-columns").textContent = `${beyond} more column${beyond === 1 ? "" : "s"} →`;
}

function scrollColumns() {
  const area = element("table").parentElement;
  area.scrollBy({ left: 0.6 * area.clientWidth });
}

/** The best value of a measure whose better side is known, where the rows do not all read the same. */
function top(column, shownRows) {
  if (!column.direction) return undefined;
  const cells = shownRows.map((row) => column.cell(row)).filter(([, value]) => Number.isFinite(value));
  if (new Set(cells.map(([text]) => text)).size < 2) return undefined;
  const values = cells.map(([, value]) => value);
  return column.direction < 0 ? Math.min(...values) : Math.max(...values);
}

function tableRow(row, columns, tops) {
  const line = make("tr", { className: state.selected.has(row.id) ? "selected" : faded(row) ? "faded" : "", tabIndex: 0 });
  line.dataset.row = row.id;
  columns.forEach((column, index) => {
    const [text, value, more, below] = column.cell(row);
    const cell = make("td", { className: column.wraps ? "words wraps" : column.words ? "words" : "", text });
    if (column.words) cell.title = text;
    if (value !== undefined && value === tops[index]) cell.classList.add("top");
    if (more) cell.append(make("i", { text: more }));
    if (below) cell.append(make("small", { text: below }));
    if (column.badges) {
      cell.classList.add("states");
      cell.append(...badges(row));
    }
    if (index === 0) {
      const dot = make("span", { className: "dot" });
      dot.style.background = colourOf(row);
      cell.prepend(dot);
    }
    line.append(cell);
  });
  line.onclick = () => select(row);
  line.onkeydown = (event) => event.key === "Enter" && select(row);
  return line;
}

function badges(row) {
  return Object.entries(row.states).map(([status, reasons]) => {
    const count = Object.keys(row.states).length > 1 || (status !== "finished" && reasons.length > 1) ? `${reasons.length} ` : "";
    const said = reasons.filter(Boolean).join("\n");
    const text = count + status + (said && status !== "finished" && state.mode === "runs" ? `: ${said}` : "");
    return make("span", { className: status === "finished" ? "muted" : `badge ${status}`, text, title: said || status });
  });
}

/** One row that stays in view, with a line for each floor. */
function floorRow(columns, floors) {
  const values = (column) => (column.floors || []).map((floor) => (floor === undefined ? "" : number(floor)));
  const cells = columns.map((column, index) => {
    const lines = index === 0 ? floors.map(([title]) => title) : values(column);
    return make("td", { className: column.words ? "words" : "" }, ...lines.map((text) => make("div", { text: text || "\u00a0" })));
  });
  return make("tr", { className: "floor" }, ...cells);
}

/** Selects the rows, or releases them if all are selected already. */
function select(...chosen) {
  const released = chosen.every((row) => state.selected.has(row.id));
  for (const row of chosen) state.selected[released ? "delete" : "add"](row.id);
  update();
}

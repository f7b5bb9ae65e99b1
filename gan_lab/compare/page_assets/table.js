// The table: one row for each row that is visible; sorted by the head that was clicked, by the best monitored measure first.

const COST_HEADS = {
  generator_steps: ["steps", "generator"], images_seen: ["images", "real images used"], seconds: ["seconds", "including evaluation"],
  seconds_per_1000_steps: ["s / 1000", "generator steps"],
};

/** {id, head, above, title, words, cell(row) -> [text, value to sort by, more text], floor} */
function tableColumns() {
  const { monitor, measures, headlines, floor, kind } = section();
  const settings = data.columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ index }) => section().columns.includes(index))
    .map(({ key, name, same, swept, index }) => {
      const cut = name.lastIndexOf(".");
      const also = same.length ? `\nthese settings have the same value in every run: ${same.join(", ")}` : "";
      return {
        id: key, swept, head: name.slice(cut + 1), above: name.slice(0, Math.max(cut, 0)), title: key + also, words: true,
        cell: (row) => [row.values[index] === "" ? "" : shown(row.values[index]), row.values[index]],
      };
    });
  const every = state.mode === "runs";
  const runs = every
    ? [{ id: "seed", head: "seed", cell: (row) => [shown(row.seed), row.seed] }]
    : [{ id: "seeds", head: "seeds", title: "number of seeds in the means", cell: (row) => [seedsOf(row), row.counted.length] }];
  const states = kind === "training" ? [{ id: "state", head: "state", words: true, badges: true, cell: (row) => ["", Object.keys(row.states).join()] }] : [];
  const value = (name, which) => (row) => {
    const [mean, spread] = row[which][name] || [];
    return [number(mean), mean, spread === null || spread === undefined ? "" : `± ${number(+spread.toPrecision(2))}`];
  };
  const measure = (name, which, above) => ({
    id: `${which}/${name}`, head: name, above, title: `${name} of the ${which} generator`, cell: value(name, which),
    floor: floor[name], direction: direction(name),
  });
  const both = kind === "training" ? [measure(monitor, "best", "best"), measure(monitor, "last", "last")] : [measure(monitor, "best", "")];
  const others = measures.slice(1, state.everyMeasure ? undefined : headlines).map((name) => measure(name, state.which, kind === "training" ? state.which : ""));
  const costs = data.costs.map((name) => ({
    id: name, head: COST_HEADS[name][0], above: COST_HEADS[name][1], title: name,
    cell: (row) => [number((row.cost[name] || [])[0]), (row.cost[name] || [])[0]],
  }));
  const machine = { id: "machine", head: "machine", words: true, cell: (row) => [row.machine, row.machine] };
  const place = { id: "run", head: "run", words: true, cell: (row) => [data.results[row.results[0]].name, data.results[row.results[0]].name] };
  const [swept, further] = [settings.filter((each) => each.swept), state.everySetting ? settings.filter((each) => !each.swept) : []];
  return [...swept, ...runs, ...states, ...both, ...others, ...costs, machine, ...further, ...(every ? [place] : [])];
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
  if (Object.keys(section().floor).length) body.push(floorRow(columns));
  element("table").tBodies[0].replaceChildren(...body);
  const total = rows().length;
  const unit = `${state.mode === "seeds" ? "row" : "run"}${total === 1 ? "" : "s"}`;
  element("shown").textContent = `${shownRows.length}${shownRows.length < total ? ` of ${total}` : ""} ${unit}`;
  element("release").hidden = !state.selected.size;
}

/** The best value of a measure whose better side is known, where there is something to be better than. */
function top(column, shownRows) {
  if (!column.direction || shownRows.length < 2) return undefined;
  const values = shownRows.map((row) => column.cell(row)[1]).filter(Number.isFinite);
  return column.direction < 0 ? Math.min(...values) : Math.max(...values);
}

function tableRow(row, columns, tops) {
  const line = make("tr", { className: state.selected.has(row.id) ? "selected" : faded(row) ? "faded" : "", tabIndex: 0 });
  line.dataset.row = row.id;
  columns.forEach((column, index) => {
    const [text, value, more] = column.cell(row);
    const cell = make("td", { className: column.words ? "words" : "", text });
    if (column.words) cell.title = text;
    if (value !== undefined && value === tops[index]) cell.classList.add("top");
    if (more) cell.append(make("i", { text: more }));
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

function floorRow(columns) {
  const cells = columns.map((column, index) =>
    make("td", { className: column.words ? "words" : "", text: index === 0 ? "real data (floor)" : column.floor === undefined ? "" : number(column.floor) }),
  );
  return make("tr", { className: "floor" }, ...cells);
}

function select(row) {
  if (!state.selected.delete(row.id)) state.selected.add(row.id);
  update();
}

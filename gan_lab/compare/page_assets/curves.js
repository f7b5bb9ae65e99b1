// Curves of every measure and term, of each visible row.

function drawMeasures() {
  const names = new Set([section().monitor, ...section().rows.flatMap((row) => row.results.flatMap((index) => data.results[index].series))]);
  const groups = new Map();
  for (const name of [...names].sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    groups.set(groupOf(name), [...(groups.get(groupOf(name)) || []), name]);
  }
  const order = [...groups].sort(([a], [b]) => (b === "measures") - (a === "measures"));
  if (!names.has(state.measure)) {
    state.measure = section().monitor;
    state.logY = null;
  }
  element("measure").replaceChildren(
    ...order.map(([label, members]) =>
      make("optgroup", { label }, ...members.map((name) => make("option", { value: name, text: name, selected: name === state.measure }))),
    ),
  );
}

function drawCurves() {
  const name = state.measure, clock = CLOCK_NAMES[data.clocks[state.clock]];
  const drawn = visible().map((row) => [row, meanCurve(row.counted, name, state.clock)]).filter(([, found]) => found && found.x.length);
  if (state.logY === null) state.logY = wantsLog(drawn.flatMap(([, found]) => [...found.y]), direction(name));
  element("log-y").checked = state.logY;
  const floor = section().floor[name];
  drawChart(element("curves"), {
    lines: drawn.map(([row, found]) => lineOfRow(row, found, drawn.length)),
    levels: floor === undefined ? [] : [{ value: floor, text: `real data ${number(floor)}` }],
    x: { title: clock, log: state.logX },
    y: { title: name, log: state.logY },
    label: `${name} against ${clock}, ${drawn.length} lines`,
    chosen: selectById,
  });
  drawLegend(drawn.map(([row]) => row));
  const missing = visible().length - drawn.length;
  const said = [
    state.mode === "seeds" && drawn.some(([, found]) => found.runs > 1) ? "Lines are means over seeds, bands one standard deviation." : "",
    name.includes("/") ? "Terms are averaged over neighbouring steps." : "",
    missing ? `${missing} rows have no values of ${name}.` : "",
  ];
  element("curves-note").textContent = said.filter(Boolean).join(" ");
}

function lineOfRow(row, { x, y, spread }, count) {
  const width = state.selected.has(row.id) ? 3 : count > 40 ? 1.2 : 2;
  return { id: row.id, name: row.label, colour: colourOf(row), x, y, spread, width, opacity: faded(row) ? 0.12 : 1 };
}

function selectById(id) {
  const row = rows().find((each) => each.id === id);
  if (row) select(row);
}

/** Every colour by name: that of each row, or of each value of the setting that tells them apart. */
function drawLegend(drawn) {
  const column = data.columns.findIndex(({ key }) => key === state.colour);
  const groups = new Map();
  for (const row of drawn) {
    const name = column < 0 ? row.label : `${data.columns[column].name} ${shown(row.values[column]) || "not set"}`;
    groups.set(name, [...(groups.get(name) || []), row]);
  }
  const entries = [...groups].map(([name, members]) => {
    const dot = make("span", { className: "dot" });
    dot.style.background = colourOf(members[0]);
    return make("button", { className: members.every(faded) ? "faded" : "", onclick: () => select(...members) }, dot, name);
  });
  element("legend").replaceChildren(...entries);
}

// Curves of every measure and term, of each visible row.

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function layout(more) {
  const axis = { gridcolor: style("--line"), linecolor: style("--line"), zeroline: false, automargin: true };
  const { xaxis, yaxis, ...rest } = more;
  return {
    margin: { l: 52, r: 12, t: 8, b: 44 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: style("--muted"), size: 12, family: "system-ui, sans-serif" }, hovermode: "closest",
    modebar: { bgcolor: "rgba(0,0,0,0)", color: style("--muted"), activecolor: style("--accent") },
    hoverlabel: { bgcolor: style("--card"), bordercolor: style("--line"), font: { color: style("--text"), size: 12 } },
    xaxis: { ...axis, ...xaxis }, yaxis: { ...axis, ...yaxis }, ...rest,
  };
}

const PLOT_OPTIONS = {
  displaylogo: false, responsive: true, displayModeBar: "hover",
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"], toImageButtonOptions: { format: "png", scale: 2 },
};

function drawMeasures() {
  const names = new Set([section().monitor, ...section().rows.flatMap((row) => row.results.flatMap((index) => data.results[index].series))]);
  const groups = new Map();
  for (const name of [...names].sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    const player = name.includes("/") ? name.split("/")[0] : "measures";
    groups.set(player, [...(groups.get(player) || []), name]);
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
  const name = state.measure, clock = state.clock;
  const drawn = visible().map((row) => [row, meanCurve(row.counted, name, clock)]).filter(([, found]) => found && found.x.length);
  if (state.logY === null) state.logY = wantsLog(drawn);
  element("log-y").checked = state.logY;
  const traces = drawn.flatMap(([row, found]) => tracesOf(row, found, drawn.length));
  const floor = section().floor[name];
  const line = { type: "line", xref: "paper", x0: 0, x1: 1, y0: floor, y1: floor, line: { color: style("--muted"), width: 1.5, dash: "dash" } };
  const hint = { xref: "paper", x: 1, xanchor: "right", y: state.logY ? Math.log10(floor) : floor, yanchor: "bottom", text: `real data ${number(floor)}`, showarrow: false };
  const floored = floor !== undefined && (!state.logY || floor > 0);
  if (floored) traces.push({ x: [], y: [], hoverinfo: "skip", showlegend: false });
  const range = rangeOf(drawn, floored ? floor : null);
  Plotly.react("curves", traces, layout({
    xaxis: { title: { text: CLOCK_NAMES[data.clocks[clock]] }, type: state.logX ? "log" : "linear", rangemode: "tozero" },
    yaxis: { title: { text: name }, type: state.logY ? "log" : "linear", ...(state.logY ? { dtick: range && range[1] - range[0] < 1.6 ? "D2" : 1 } : {}), range },
    shapes: floored ? [line] : [], annotations: floored ? [hint] : [],
    showlegend: false,
  }), PLOT_OPTIONS);
  drawLegend(drawn.map(([row]) => row));
  const missing = visible().length - drawn.length;
  const said = [
    state.mode === "seeds" && drawn.some(([, found]) => found.runs > 1) ? "Lines are means over seeds, bands one standard deviation." : "",
    name.includes("/") ? "Terms are averaged over neighbouring steps." : "",
    missing ? `${missing} rows have no values of ${name}.` : "",
  ];
  element("curves-note").textContent = said.filter(Boolean).join(" ");
}

/** Room for all values and the floor, which Plotly does not know. */
function rangeOf(drawn, floor) {
  const values = drawn.flatMap(([, { y, spread }]) => [...y].flatMap((value, i) => (spread ? [value - spread[i], value + spread[i]] : [value])));
  const usable = [...values, ...(floor === null ? [] : [floor])].filter((value) => Number.isFinite(value) && (!state.logY || value > 0));
  if (!usable.length) return undefined;
  const scale = state.logY ? Math.log10 : (value) => value;
  const low = scale(usable.reduce((a, b) => Math.min(a, b))), high = scale(usable.reduce((a, b) => Math.max(a, b)));
  const room = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - room, high + room];
}

function wantsLog(drawn) {
  if (direction(state.measure) >= 0) return false;
  const values = drawn.flatMap(([, found]) => [...found.y]).filter(Number.isFinite);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity), most = values.reduce((a, b) => Math.max(a, b), 0);
  return least > 0 && most > 8 * least;
}

function tracesOf(row, { x, y, spread }, count) {
  const colour = colourOf(row), weak = faded(row);
  const line = {
    x, y, type: "scatter", mode: x.length <= 25 && count <= 40 ? "lines+markers" : "lines", name: safe(row.label), meta: row.id,
    line: { color: colour, width: state.selected.has(row.id) ? 3 : count > 40 ? 1.2 : 2 }, marker: { size: 5 }, opacity: weak ? 0.12 : 1,
    hovertemplate: `<b>${safe(row.label)}</b><br>%{x:,.6~g}: %{y:.4~g}<extra></extra>`, legendgroup: row.id,
  };
  if (!spread) return [line];
  const up = y.map((value, i) => value + spread[i]), down = y.map((value, i) => value - spread[i]).reverse();
  const band = {
    x: [...x, ...[...x].reverse()], y: [...up, ...(state.logY ? down.map((v) => (v > 0 ? v : NaN)) : down)], type: "scatter", mode: "lines", fill: "toself", fillcolor: colour, line: { width: 0 },
    opacity: weak ? 0.03 : 0.16, hoverinfo: "skip", showlegend: false, legendgroup: row.id,
  };
  return [band, line];
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

function clickCurves() {
  element("curves").on("plotly_click", ({ points }) => {
    const row = rows().find((each) => each.id === points[0].data.meta);
    if (row) select(row);
  });
}

// Two measures against each other: precision and recall, unless others are chosen.

function drawScatterChoices() {
  const names = section().measures;
  const start = (prefix, otherwise) => names.find((name) => name.startsWith(prefix)) || names[otherwise] || names[0];
  if (!names.includes(state.across)) state.across = start("recall", 2);
  if (!names.includes(state.up)) state.up = start("precision", 1);
  const entries = names.map((name) => [name, name]);
  options(element("scatter-x"), entries, state.across);
  options(element("scatter-y"), entries, state.up);
}

function drawScatter() {
  const shownRows = visible();
  const point = (row, which) => {
    const x = (row[which][state.across] || [])[0], y = (row[which][state.up] || [])[0];
    return Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null;
  };
  const points = (which, marker) => {
    const found = shownRows.map((row) => [row, point(row, which)]).filter(([, place]) => place);
    return {
      x: found.map(([, place]) => place[0]), y: found.map(([, place]) => place[1]), customdata: found.map(([row]) => row.id),
      text: found.map(([row]) => safe(`${row.label} (${which})`)), type: "scatter", mode: "markers",
      marker: { ...marker(found.map(([row]) => colourOf(row))), opacity: found.map(([row]) => (faded(row) ? 0.12 : 1)) },
      hovertemplate: `<b>%{text}</b><br>${state.across} %{x:.4~g}<br>${state.up} %{y:.4~g}<extra></extra>`,
    };
  };
  const between = { x: [], y: [], type: "scatter", mode: "lines", line: { color: style("--line"), width: 1 }, hoverinfo: "skip" };
  for (const row of shownRows.filter((each) => !faded(each))) {
    const best = point(row, "best"), last = point(row, "last");
    if (best && last) {
      between.x.push(best[0], last[0], null);
      between.y.push(best[1], last[1], null);
    }
  }
  const last = points("last", (color) => ({ color, size: 9, symbol: "circle-open", line: { width: 1.5 } }));
  const best = points("best", (color) => ({ color, size: 9 }));
  const { [state.across]: x, [state.up]: y } = section().floor;
  const floor = {
    x: [x], y: [y], type: "scatter", mode: "markers", marker: { symbol: "star", size: 13, color: style("--text") },
    hovertemplate: `<b>real data (floor)</b><br>${state.across} %{x:.4~g}<br>${state.up} %{y:.4~g}<extra></extra>`,
  };
  Plotly.react("scatter", [between, last, best, ...(x === undefined || y === undefined ? [] : [floor])], layout({
    xaxis: { title: { text: state.across } }, yaxis: { title: { text: state.up } }, showlegend: false,
  }), PLOT_OPTIONS);
}

function clickScatter() {
  element("scatter").on("plotly_click", ({ points }) => {
    const row = rows().find((each) => each.id === points[0].customdata);
    if (row) select(row);
  });
}

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
  const point = (row, which) => {
    const x = (row[which][state.across] || [])[0], y = (row[which][state.up] || [])[0];
    return Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null;
  };
  const marks = (which, shape) => visible().flatMap((row) => {
    const place = point(row, which);
    const look = { colour: colourOf(row), shape, opacity: faded(row) ? 0.12 : 1 };
    return place ? [{ id: row.id, name: `${row.label} (${which})`, x: [place[0]], y: [place[1]], ...look }] : [];
  });
  const between = visible().filter((row) => !faded(row)).flatMap((row) => {
    const ends = [point(row, "best"), point(row, "last")];
    return ends.every(Boolean) ? [{ x: ends.map(([x]) => x), y: ends.map(([, y]) => y), colour: "var(--line)", width: 1 }] : [];
  });
  const { [state.across]: x, [state.up]: y } = section().floor;
  const floor = x === undefined || y === undefined ? [] : [{ name: "real data (floor)", shape: "star", colour: "var(--text)", x: [x], y: [y] }];
  drawChart(element("scatter"), {
    lines: between,
    marks: [...marks("last", "ring"), ...marks("best", "disc"), ...floor],
    x: { title: state.across },
    y: { title: state.up },
    label: `${state.up} against ${state.across}`,
    chosen: selectById,
  });
}

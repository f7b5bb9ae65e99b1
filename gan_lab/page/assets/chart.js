// A chart in an element: lines with bands, marks and levels. It says what is under the pointer, or under the cursor
// that arrow keys move, and a rectangle drawn with the mouse enlarges what is in it.

const charts = new Map();
const fitting = new ResizeObserver((entries) => entries.forEach(({ target }) => paint(target)));

function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Draws, or draws anew: `lines` {id, name, colour, x, y, spread, opacity, width}, `marks` the same with a `shape` (disc,
 * ring or star), `levels` {value, text} across, and the axes `x` and `y` {title, log}. `label` says what is drawn, and
 * `chosen` is called with the id of what was clicked.
 */
function drawChart(host, { lines = [], marks = [], levels = [], x, y, label, chosen }) {
  if (!charts.has(host)) {
    charts.set(host, {});
    fitting.observe(host);
    Object.assign(host, { tabIndex: 0, role: "group" });
    host.setAttribute("aria-roledescription", "chart");
    host.addEventListener("keydown", (event) => moveCursor(host, event));
    host.addEventListener("blur", () => point(host, null));
  }
  host.classList.add("chart");
  host.setAttribute("aria-label", label);
  host.data = [...lines, ...marks].filter(({ name }) => name !== undefined);  // what can be pointed at
  Object.assign(charts.get(host), { all: host.data, lines, marks, levels, x, y, chosen, zoom: null, at: null });
  paint(host);
}

/** A vertical line at a place in training, in every chart; null takes it away. */
function markMoment(host, value) {
  Object.assign(charts.get(host), { moment: value });
  placeMoment(charts.get(host));
}

function placeMoment({ momentLine, axes, box, moment }) {
  if (!momentLine) return;
  const place = moment === null || moment === undefined ? NaN : axes.x.place(moment);
  const inside = place >= box.left && place <= box.right;
  momentLine.setAttribute("visibility", inside ? "visible" : "hidden");
  if (inside) for (const end of ["x1", "x2"]) momentLine.setAttribute(end, place);
}

function paint(host) {
  const chart = charts.get(host), { width, height } = host.getBoundingClientRect();
  if (!chart.lines || width < 80 || height < 80) return;
  const { lines, marks, x, y } = chart;
  const levels = chart.levels.filter(({ value }) => Number.isFinite(value) && (!y.log || value > 0));
  const ends = ({ y: values, spread }) => (spread ? [...values].flatMap((value, i) => [value - spread[i], value + spread[i]]) : [...values]);
  const high = [...lines.flatMap(ends), ...marks.flatMap((mark) => [...mark.y]), ...levels.map((level) => level.value)];
  const wide = [...lines, ...marks].flatMap((each) => [...each.x]);
  const ranges = chart.zoom || { x: rangeOf(wide, x.log, !marks.length), y: rangeOf(high, y.log) };
  const box = { top: 8, right: width - 12, bottom: height - (x.title ? 42 : 24) };
  const up = axisOf(ranges.y, y.log, box.bottom, box.top, 36);
  box.left = 12 + (y.title ? 18 : 0) + 7 * Math.max(2, ...tickTexts(up.ticks).map((text) => text.length));
  const across = axisOf(ranges.x, x.log, box.left, box.right, 60);
  Object.assign(chart, { axes: { x: across, y: up }, box });
  const clip = `clip-${host.id}`;
  const clipped = svg("g", { "clip-path": `url(#${clip})` });
  for (const line of lines) if (line.spread) clipped.append(bandOf(line, across, up, y.log));
  for (const level of levels) clipped.append(svg("line", { class: "level", x1: box.left, x2: box.right, y1: up.place(level.value), y2: up.place(level.value) }));
  clipped.append(...lines.flatMap((line) => lineOf(line, across, up)), ...marks.flatMap((mark) => marksOf(mark, across, up)));
  chart.momentLine = svg("line", { class: "moment", y1: box.top, y2: box.bottom });
  chart.focus = svg("circle", { class: "focus", r: 6, visibility: "hidden" });
  chart.area = svg("rect", { class: "area", visibility: "hidden" });
  const picture = svg(
    "svg", { width, height, "aria-hidden": "true" },
    svg("clipPath", { id: clip }, svg("rect", { x: box.left, y: box.top - 4, width: Math.max(0, box.right - box.left + 8), height: Math.max(0, box.bottom - box.top + 8) })),
    ...gridOf(across, up, box), ...titlesOf(chart, width, height), clipped, ...levelTexts(levels, chart), chart.momentLine, chart.focus, chart.area,
  );
  chart.tip = make("div", { className: "tip", hidden: true });
  chart.tip.setAttribute("role", "status");
  host.replaceChildren(picture, chart.tip);
  listen(host, picture);
  placeMoment(chart);
}

function gridOf(across, up, { left, right, top, bottom }) {
  const placed = ({ ticks, place }) => tickTexts(ticks).map((text, i) => [place(ticks[i]), text]);
  const inside = (place, from, to) => place >= from - 0.5 && place <= to + 0.5;
  const vertical = placed(across).filter(([place]) => inside(place, left, right));
  const horizontal = placed(up).filter(([place]) => inside(place, top, bottom));
  return [
    ...vertical.map(([place]) => svg("line", { class: "grid", x1: place, x2: place, y1: top, y2: bottom })),
    ...horizontal.map(([place]) => svg("line", { class: "grid", x1: left, x2: right, y1: place, y2: place })),
    ...vertical.map(([place, text]) => svg("text", { x: Math.min(place, right - 3 * text.length), y: bottom + 16, "text-anchor": "middle" }, text)),
    ...horizontal.map(([place, text]) => svg("text", { x: left - 6, y: place + 4, "text-anchor": "end" }, text)),
  ];
}

function titlesOf({ x, y, box }, width, height) {
  const middle = (box.top + box.bottom) / 2;
  return [
    svg("text", { x: (box.left + box.right) / 2, y: height - 6, "text-anchor": "middle" }, x.title || ""),
    svg("text", { transform: `translate(12 ${middle}) rotate(-90)`, "text-anchor": "middle" }, y.title || ""),
  ];
}

function levelTexts(levels, { axes, box }) {
  const seen = levels.map((level) => [axes.y.place(level.value), level.text]).filter(([place]) => place >= box.top - 1 && place <= box.bottom + 1);
  return seen.map(([place, text]) => svg("text", { class: "level-text", x: box.right - 2, y: place < box.top + 14 ? place + 14 : place - 5, "text-anchor": "end" }, text));
}

/** A path through the points that can be drawn; it has a gap where one cannot. */
function pathOf(places) {
  let open = false, path = "";
  for (const [left, top] of places) {
    const there = Number.isFinite(left) && Number.isFinite(top);
    if (there) path += `${open ? "L" : "M"}${left.toFixed(1)} ${top.toFixed(1)}`;
    open = there;
  }
  return path;
}

const FEW = 25;  // as many points as each can have a mark

function lineOf({ x, y, colour, opacity = 1, width = 2 }, across, up) {
  const places = [...x].map((value, i) => [across.place(value), up.place(y[i])]);
  const dots = x.length > FEW ? [] : places.filter((place) => place.every(Number.isFinite));
  return [
    svg("path", { class: "line", d: pathOf(places), stroke: colour, "stroke-width": width, opacity }),
    ...dots.map(([cx, cy]) => svg("circle", { cx, cy, r: 2.5, fill: colour, opacity })),
  ];
}

function bandOf({ x, y, spread, colour, opacity = 1 }, across, up, log) {
  const end = (sign) => (value, i) => {
    const edge = y[i] + sign * spread[i];
    return [across.place(value), up.place(log && edge <= 0 ? y[i] : edge)];
  };
  const edges = [...[...x].map(end(1)), ...[...x].map(end(-1)).reverse()].filter((place) => place.every(Number.isFinite));
  return svg("path", { d: pathOf(edges), fill: colour, opacity: 0.16 * opacity });
}

const STAR = "0,-8 2,-2.6 7.6,-2.5 3.1,1 4.7,6.5 0,3.2 -4.7,6.5 -3.1,1 -7.6,-2.5 -2,-2.6";

function marksOf({ x, y, colour, shape, opacity = 1 }, across, up) {
  const places = [...x].map((value, i) => [across.place(value), up.place(y[i])]).filter((place) => place.every(Number.isFinite));
  const look = shape === "ring" ? { fill: "none", stroke: colour, "stroke-width": 1.5 } : { fill: colour };
  return places.map(([cx, cy]) =>
    shape === "star" ? svg("polygon", { points: STAR, transform: `translate(${cx} ${cy})`, ...look, opacity }) : svg("circle", { cx, cy, r: 4.5, ...look, opacity }),
  );
}

// What a chart says of the point under the pointer or the cursor, and how it is enlarged.

const REACH = 30;  // pixels from which a point is still meant

/** Shows a point of a series, [its number, that of the point], or none. */
function point(host, at) {
  const chart = charts.get(host);
  chart.at = at;
  if (!chart.tip) return;
  const place = at && placeOf(chart, at);
  chart.tip.hidden = !place;
  chart.focus.setAttribute("visibility", place ? "visible" : "hidden");
  if (!place) return;
  const series = host.data[at[0]], [left, top] = place;
  chart.focus.setAttribute("cx", left);
  chart.focus.setAttribute("cy", top);
  const across = chart.marks.length && chart.x.title ? `${chart.x.title} ` : "", up = chart.marks.length && chart.y.title ? `${chart.y.title} ` : "";
  const text = `${across}${number(series.x[at[1]])}${across ? ", " : ": "}${up}${number(series.y[at[1]])}`;
  chart.tip.replaceChildren(make("b", { text: series.name }), make("span", { text }));
  const room = host.clientWidth - chart.tip.offsetWidth, below = top < chart.tip.offsetHeight + 14;
  chart.tip.style.left = `${Math.max(0, Math.min(room, left + 10))}px`;
  chart.tip.style.top = `${below ? top + 12 : top - chart.tip.offsetHeight - 10}px`;
}

function placeOf({ axes, all, box }, [series, index]) {
  const { x, y } = all[series];
  const place = [axes.x.place(x[index]), axes.y.place(y[index])];
  const seen = place[0] >= box.left - 6 && place[0] <= box.right + 6 && place[1] >= box.top - 6 && place[1] <= box.bottom + 6;
  return seen && place.every(Number.isFinite) ? place : null;
}

function nearest(host, left, top) {
  const chart = charts.get(host);
  let best = null, least = REACH ** 2;
  host.data.forEach(({ x }, series) => {
    for (let index = 0; index < x.length; index++) {
      const place = placeOf(chart, [series, index]);
      const far = place ? (place[0] - left) ** 2 + (place[1] - top) ** 2 : Infinity;
      if (far < least) [best, least] = [[series, index], far];
    }
  });
  return best;
}

function moveCursor(host, event) {
  const chart = charts.get(host);
  const [series, index] = chart.at || [0, -1], count = host.data.length;
  const last = ({ x }) => x.length - 1;
  const steps = {
    ArrowRight: () => [series, Math.min(index + 1, last(host.data[series]))],
    ArrowLeft: () => [series, Math.max(index - 1, 0)],
    Home: () => [series, 0],
    End: () => [series, last(host.data[series])],
    ArrowDown: () => nextSeries(1),
    ArrowUp: () => nextSeries(count - 1),
  };
  const nextSeries = (by) => {
    const other = (series + by) % count;
    return [other, Math.max(0, Math.min(index, last(host.data[other])))];
  };
  if (count && steps[event.key]) {
    point(host, steps[event.key]());
    event.preventDefault();
  } else if (event.key === "Enter" && chart.at && chart.chosen) {
    chart.chosen(host.data[series].id);
  } else if (event.key === "Escape") {
    enlarge(host, null);
  }
}

function enlarge(host, zoom) {
  charts.get(host).zoom = zoom;
  paint(host);
}

/** Moves of a mouse point and draw the rectangle; a finger points alone, since it also scrolls the page. */
function listen(host, picture) {
  const chart = charts.get(host);
  const within = (event) => {
    const { left, top } = picture.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  let start = null;
  picture.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button === 0) start = within(event);
  });
  picture.addEventListener("pointermove", (event) => {
    const here = within(event);
    if (start && far(start, here)) {
      outline(chart, start, here);
      picture.setPointerCapture(event.pointerId);
    } else point(host, nearest(host, ...here));
  });
  picture.addEventListener("pointerup", (event) => {
    const end = within(event), from = start;
    start = null;
    if (from && far(from, end)) return enlarge(host, zoomTo(chart, from, end));
    const found = nearest(host, ...end);
    point(host, found);
    if (found && chart.chosen) chart.chosen(host.data[found[0]].id);
  });
  picture.addEventListener("pointerleave", () => point(host, null));
  picture.addEventListener("dblclick", () => enlarge(host, null));
}

const far = ([left, top], [right, bottom]) => Math.abs(right - left) > 8 && Math.abs(bottom - top) > 8;

function outline({ area }, [x0, y0], [x1, y1]) {
  const sides = { x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.abs(x1 - x0), height: Math.abs(y1 - y0), visibility: "visible" };
  for (const [name, value] of Object.entries(sides)) area.setAttribute(name, value);
}

function zoomTo({ axes }, [x0, y0], [x1, y1]) {
  const range = (axis, a, b) => [axis.value(Math.min(a, b)), axis.value(Math.max(a, b))];
  return { x: range(axes.x, x0, x1), y: range(axes.y, y0, y1).reverse() };
}

// The curves of one run, its samples under the slider, and buttons that copy commands.

const state = { clock: 0, position: 1 };
const hosts = new Map();  // the chart of each curve that is on the page

function panelOf(name) {
  const host = make("div", { className: "plot", id: `chart-${hosts.size}` });
  hosts.set(name, host);
  return make("div", {}, make("h3", { text: name }), host);
}

function drawCurve(name, host) {
  const { x, y } = curve(0, name, state.clock), floor = data.floor[name];
  const clock = CLOCK_NAMES[data.clocks[state.clock]];
  const ends = x.length ? `from ${number(y[0])} at ${number(x[0])} to ${number(y[y.length - 1])} at ${number(x[x.length - 1])}` : "";
  drawChart(host, {
    lines: [{ id: name, name, colour: PALETTE[0], x, y }],
    levels: floor === undefined ? [] : [{ value: floor, text: `real ${number(floor)}` }],
    x: {},
    y: { log: wantsLog([...y], data.directions[name]) },
    label: `${name} against ${clock}, ${ends}${floor === undefined ? "" : `; real data ${number(floor)}`}`,
  });
}

function drawCurves() {
  for (const [name, host] of hosts) drawCurve(name, host);
  move();
}

/** Panels by player, made when they are asked for. */
function openMore(names) {
  const groups = new Map();
  for (const name of names) groups.set(groupOf(name), [...(groups.get(groupOf(name)) || []), name]);
  for (const [group, members] of groups) {
    element("more-curves").append(make("h3", { text: group }), make("div", { className: "panels" }, ...members.map(panelOf)));
  }
  drawCurves();
}

function setUpCurves() {
  element("first-curves").append(...data.first.map(panelOf));
  const others = data.names.filter((name) => !data.first.includes(name));
  element("more").hidden = !others.length;
  element("more").querySelector("summary").textContent = `${others.length} more curve${others.length === 1 ? "" : "s"}`;
  element("more").addEventListener("toggle", () => openMore(others), { once: true });
  options(element("clock"), data.clocks.map((name, index) => [String(index), CLOCK_NAMES[name]]), "0");
  element("clock").addEventListener("change", () => {
    state.clock = Number(element("clock").value);
    drawCurves();
  });
}

/** The picture at the slider, and a line there in every chart. */
function move() {
  const pictures = frames(0);
  if (!pictures.length) return;
  const card = { frames: pictures, image: element("picture"), moment: make("span") };
  const moment = showMoment([card], state.position, state.clock);
  element("picture").alt = `samples at ${element("moment").textContent}`;
  for (const host of hosts.values()) markMoment(host, state.position < 1 ? moment : null);
}

function setUpCopying() {
  for (const command of document.querySelectorAll("pre.command")) {
    const button = make("button", { text: "copy", type: "button" });
    button.setAttribute("aria-label", `copy ${command.textContent}`);
    button.onclick = async () => {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = "copied";
    };
    command.replaceWith(make("div", { className: "line" }, command.cloneNode(true), button));
  }
}

/** Once everything that is kept has been read. */
function drawCharts() {
  if (element("first-curves")) {
    setUpCurves();
    drawCurves();
  }
  if (element("picture")) {
    setUpSlider((position) => {
      state.position = position;
      move();
    });
    move();
  }
  performance.mark("drawn");
}

setUpCopying();

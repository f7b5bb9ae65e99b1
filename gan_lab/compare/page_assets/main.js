// The controls, and what is drawn anew when one of them is moved.

let chartsReady = false;

function update() {
  drawTable();
  if (chartsReady) {
    drawScatter();
    if (section().kind === "training") {
      drawCurves();
      drawSamples();
    }
  }
}

function openSection(index) {
  Object.assign(state, { section: index, sort: null, cards: 24 });
  state.selected.clear();
  state.chosen.clear();
  const training = section().kind === "training";
  for (const id of ["curves-card", "which", "samples-card"]) element(id).hidden = !training;
  element("curves-card").parentElement.classList.toggle("alone", !training);
  if (!training) state.which = "best";
  const further = section().folded.length;
  element("every-setting-label").hidden = !further;
  element("every-setting-label").lastElementChild.textContent = `${further} setting${further === 1 ? "" : "s"} that come${further === 1 ? "s" : ""} with the variant`;
  state.everySetting = element("every-setting").checked = false;
  markSegments("mode", "mode");
  markSegments("which", "which");
  state.colour = telling();
  options(element("colour"), [["row", "by row"], ...section().swept.map((index) => [data.columns[index].key, `by ${data.columns[index].name}`])], state.colour);
  drawSections();
  drawFilters();
  drawMeasures();
  drawScatterChoices();
  element("scatter-note").textContent = training ? "Filled: best generator. Open: last generator. Star: real data." : "Star: real data.";
  update();
}

/** What colours should tell where each row having its own would tell nothing. */
function telling() {
  if (section().rows.length <= PALETTE.length) return "row";
  const kinds = (index) => new Set(section().rows.map((row) => shown(row.values[index]))).size;
  const found = section().swept.find((index) => kinds(index) <= PALETTE.length);
  return found === undefined ? "row" : data.columns[found].key;
}

function setUp() {
  const trained = data.sections.filter((each) => each.kind === "training").flatMap((each) => each.rows);
  const count = (list) => list.reduce((sum, row) => sum + row.results.length, 0);
  const evaluations = data.results.length - count(trained);
  const several = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const parts = [several(count(trained), "run"), evaluations ? several(evaluations, "evaluation") : "", data.sections.length > 1 ? `${data.sections.length} protocols` : "", `created ${data.made}`];
  element("counts").textContent = parts.filter(Boolean).join(" · ");
  if (data.skipped.length) {
    const list = make("ul", {}, ...data.skipped.map((text) => make("li", { text })));
    element("footer").append(make("details", {}, make("summary", { text: `${data.skipped.length} folders skipped: ${data.skipped[0].split(":")[0]}${data.skipped.length > 1 ? ", …" : ""}` }), list));
  }
  segments("mode", "mode", () => {
    state.selected.clear();
    markSegments("mode", "mode");
    drawFilters();
    update();
  });
  segments("which", "which", () => {
    markSegments("which", "which");
    update();
  });
  options(element("clock"), data.clocks.map((name, index) => [String(index), CLOCK_NAMES[name]]), "0");
  const on = (id, event, action) => element(id).addEventListener(event, action);
  const bind = (id, key, value) => on(id, "change", () => {
    state[key] = value(element(id));
    if (key === "measure") state.logY = null;
    update();
  });
  const checked = (box) => box.checked, chosen = (box) => box.value;
  bind("every-measure", "everyMeasure", checked);
  bind("every-setting", "everySetting", checked);
  bind("log-x", "logX", checked);
  bind("log-y", "logY", checked);
  bind("colour", "colour", chosen);
  bind("measure", "measure", chosen);
  bind("clock", "clock", (box) => Number(box.value));
  bind("scatter-x", "across", chosen);
  bind("scatter-y", "up", chosen);
  on("release", "click", () => {
    state.selected.clear();
    update();
  });
  on("more-columns", "click", scrollColumns);
  element("table").parentElement.addEventListener("scroll", hintAtColumns);
  addEventListener("resize", hintAtColumns);
  setUpSlider((position) => {
    state.position = position;
    showMoment(cards, position, state.clock);
  });
  on("more-samples", "click", () => {
    state.cards += 24;
    drawSamples();
  });
}

/** Once everything that is kept has been read. The samples follow when the charts are on the screen. */
function drawCharts() {
  drawScatter();
  if (section().kind === "training") drawCurves();
  requestAnimationFrame(() => setTimeout(() => {
    performance.mark("drawn");
    chartsReady = true;
    if (section().kind === "training") drawSamples();
  }));
}

setUp();
openSection(0);

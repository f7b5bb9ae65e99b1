// Puts the page together.

function setUpControls() {
  const kinds = kindsOf(models.find(({ prior }) => prior.components) || models[0]);
  options(element("kind"), [["", "all"], ...kinds], "");
  options(element("own-kind"), [["", "as it is"], ...kinds], "");
  for (const name of ["kind-label", "own-label"]) element(name).hidden = !kinds.length;
  element("kind").addEventListener("change", () => {
    state.kind = element("kind").value;
    showGrids();
  });
  const seeded = () => {
    state.seed = Math.max(0, Math.floor(Number(element("seed").value))) || 0;
    showGrids();
  };
  element("seed").addEventListener("input", seeded);
  element("another").addEventListener("click", () => {
    element("seed").value = state.seed + 1;
    seeded();
  });
  for (const name of ["t", "sigma"]) element(name).addEventListener("input", () => changeSetting(name));
  element("t").disabled = models.every(({ prior }) => prior.kind === "uniform");
  ["t", "sigma"].forEach((name) => saySetting(name));
  options(element("subject"), models.map(({ name }, i) => [String(i), name]), "0");
  element("subject-label").hidden = models.length === 1;
  element("subject").addEventListener("change", showSubject);
}

function saySetting(name) {
  const input = element(name), value = Number(input.value), off = name === "t" && value === Number(input.max);
  state.settings[name] = off ? Infinity : value;
  const text = off ? "none" : name === "t" ? `± ${value.toFixed(2)}` : `× ${value.toFixed(2)}`;
  element(`${name}-said`).textContent = text;
  input.setAttribute("aria-valuetext", text);
}

function changeSetting(name) {
  saySetting(name);
  showGrids();
  showOne();
}

function showSubject() {
  state.subject = Number(element("subject").value);
  clearPad();
  showSubjectsMap();
  showSubjectsWays();
}

/** Once everything that is kept has been read. */
function drawCharts() {
  data.models.forEach((facts, number) => models.push(opened(facts, stored(`model-${number}`))));
  element("all").classList.toggle("single", models.length === 1);
  setUpControls();
  setUpGrids();
  setUpOne();
  setUpMap();
  setUpPad();
  setUpSearch();
  setUpWays();
  state.code = ofPrior(models[0].prior, sampleOf(models[0], 0));
  showGrids();
  showOne();
  showSubject();
  performance.mark("drawn");
}

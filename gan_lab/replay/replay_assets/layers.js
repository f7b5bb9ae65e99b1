// What can be switched on and off, with a sentence that says what it shows.

const LAYERS = [
  ["score", "Critic's values", true, "Blue where the critic takes a point for real, orange where it takes it for generated. The colours go from the lowest to the highest value of the moment, which stand below each picture: where these are close together, the critic is flat."],
  ["levels", "Level lines", true, "On each of the ten lines the critic has one value. The generator's points are pushed across them, and the denser they are, the harder."],
  ["real", "Real points", true, "Blue squares: points of the data."],
  ["fake", "Generated points", true, "Orange discs: what the generator makes of the same codes at every moment."],
  ["gradient", "Gradients", false, "An arrow at each generated point: the way in which the generator's loss moves it. The length is relative to the other arrows of the moment, and the median size stands below."],
  ["manifold", "Manifold", false, "A square grid in the plane of the codes after it went through the generator. A code is as likely in one cell as in another, so that the generator makes many points where cells are small, and few where they are stretched."],
];

/** The list of layers; `changed` is called when one is switched. */
function setUpLayers(host, runs, state, changed) {
  const needs = { levels: "score", real: null };
  for (const [name, title, on, sentence] of LAYERS) {
    const needed = name in needs ? needs[name] : name;
    const there = needed === null || runs.some((run) => run.quantities[needed]);
    state[name] = on && there;
    const box = make("input", { type: "checkbox", id: `layer-${name}`, checked: on && there, disabled: !there });
    const words = make("p", { text: [sentence, ...lackingWords(runs, needed)].join(" "), id: `about-${name}` });
    box.setAttribute("aria-describedby", words.id);
    box.addEventListener("change", () => {
      state[name] = box.checked;
      changed();
    });
    host.append(make("li", {}, make("label", {}, box, ` ${title}`), words));
  }
}

/** Why runs lack a quantity, a sentence each. */
function lackingWords(runs, name) {
  const without = runs.filter((run) => name && !run.quantities[name]);
  const wide = name === "manifold" ? runs.filter((run) => run.quantities.manifold && Number(run.about.codes) > 2) : [];
  return [
    ...without.map((run) => `${run.name} has none${run.lacking[name] ? `, since ${run.lacking[name]}` : ""}.`),
    ...wide.map((run) => `Of ${run.name} it is the plane of the first two of ${run.about.codes} numbers, the others being 0.`),
  ];
}

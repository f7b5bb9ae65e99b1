// A grid of samples for each model, on the same codes.

const SIDE = 8;
const grids = [];  // the canvas of each model, and the tile that is chosen

function setUpGrids() {
  models.forEach((model, number) => {
    const [, height, width] = model.shape;
    const canvas = canvasOf(SIDE * (width + 1) - 1, SIDE * (height + 1) - 1, "", { tabIndex: 0 });
    canvas.setAttribute("role", "group");
    canvas.setAttribute("aria-roledescription", "grid of samples");
    const said = make("span", { className: "muted" });
    said.setAttribute("role", "status");
    const grid = { canvas, said, at: 0, codes: [] };
    grids.push(grid);
    element("grids").append(make("figure", {}, make("figcaption", {}, make("b", { text: model.name }), " ", said), canvas));
    const pointed = (event) => {
      const [x, y] = placeIn(canvas, event);
      chooseTile(number, clamp(Math.floor(y / (height + 1))) * SIDE + clamp(Math.floor(x / (width + 1))));
    };
    canvas.addEventListener("pointerdown", pointed);
    canvas.addEventListener("pointermove", (event) => event.pointerType === "mouse" && pointed(event));
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -SIDE, ArrowDown: SIDE, Home: -grid.at, End: SIDE * SIDE - 1 - grid.at }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      chooseTile(number, (grid.at + by + SIDE * SIDE) % (SIDE * SIDE));
    });
  });
}

const clamp = (index) => Math.max(0, Math.min(SIDE - 1, index));

function chooseTile(number, index) {
  const grid = grids[number];
  if (grid.at === index && state.code && state.code === grid.shown) return;
  grid.at = index;
  grid.said.textContent = `sample ${index + 1} of ${SIDE * SIDE}`;
  grid.shown = ofPrior(models[number].prior, grid.codes[index]);
  take(grid.shown);
}

/** Generates all grids anew. */
function showGrids() {
  models.forEach((model, number) => {
    const { canvas } = grids[number], context = canvas.getContext("2d"), [channels, height, width] = model.shape;
    const size = channels * height * width, codes = Array.from({ length: SIDE * SIDE }, (_, index) => sampleOf(model, index));
    grids[number].codes = codes;
    canvas.setAttribute("aria-label", `${SIDE * SIDE} samples of ${model.name} from seed ${state.seed}`);
    inFrames(`grid ${number}`, codes.length, (first, last) => {
      const x = images(model.layers, inputsOf(model, codes.slice(first, last), state.settings), last - first);
      for (let index = first; index < last; index++) {
        context.putImageData(pixelsOf(model.shape, x, (index - first) * size), (index % SIDE) * (width + 1), Math.floor(index / SIDE) * (height + 1));
      }
    }, () => performance.mark(`grid-${number}`));
  });
}

// A pad to draw on, of the size of the model's images, by pointer or by keyboard.

const BRUSH = 0.045;  // the radius of the pen, as a share of the image's side
const pad = { ink: null, last: null, down: false, at: [0, 0] };

function setUpPad() {
  const canvas = element("pad");
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pad.last = null;
    drawTo(placeIn(canvas, event));
  });
  canvas.addEventListener("pointermove", (event) => event.buttons && drawTo(placeIn(canvas, event)));
  canvas.addEventListener("pointerup", () => (pad.last = null));
  canvas.addEventListener("keydown", penByKey);
  canvas.addEventListener("focus", showPad);
  canvas.addEventListener("blur", showPad);
  element("clear").addEventListener("click", clearPad);
}

function penByKey(event) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === " ") {
    pad.down = !pad.down;
    pad.last = null;
    element("draw-said").textContent = pad.down ? "The pen is down." : "The pen is up.";
    if (pad.down) drawTo(pad.at);
  } else if (way) {
    const canvas = element("pad");
    pad.at = pad.at.map((value, i) => Math.max(0, Math.min((i ? canvas.height : canvas.width) - 1, value + way[i])));
    if (pad.down) drawTo(pad.at);
  } else return;
  event.preventDefault();
  showPad();
}

function clearPad() {
  const [, height, width] = subject().shape, canvas = element("pad");
  Object.assign(canvas, { width, height });
  Object.assign(pad, { ink: new Float32Array(height * width), last: null, down: false, at: [width / 2, height / 2] });
  element("alike").replaceChildren();
  element("found").replaceChildren();
  running.delete("search");
  showPad();
}

/** Inks the way from the last place: full within the pen's radius, less and less in the pixel around it. */
function drawTo([x, y]) {
  const [, height, width] = subject().shape, [fromX, fromY] = pad.last || [x, y], radius = BRUSH * Math.min(height, width);
  const long = (x - fromX) ** 2 + (y - fromY) ** 2;
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const left = j + 0.5 - fromX, top = i + 0.5 - fromY;
      const share = long ? Math.max(0, Math.min(1, (left * (x - fromX) + top * (y - fromY)) / long)) : 0;
      const far = Math.hypot(left - share * (x - fromX), top - share * (y - fromY));
      const ink = Math.max(0, Math.min(1, radius + 1 - far));
      pad.ink[i * width + j] = Math.max(pad.ink[i * width + j], ink);
    }
  }
  pad.last = pad.at = [x, y];
  showPad();
}

/** The drawing as an image of the model: ink is bright, as in MNIST. */
function drawing() {
  const [channels] = subject().shape, x = new Float32Array(channels * pad.ink.length);
  for (let c = 0; c < channels; c++) pad.ink.forEach((value, i) => (x[c * pad.ink.length + i] = 2 * value - 1));
  return x;
}

function showPad() {
  const canvas = element("pad"), context = canvas.getContext("2d");
  context.putImageData(pixelsOf([1, canvas.height, canvas.width], pad.ink.map((value) => 2 * value - 1), 0), 0, 0);
  if (document.activeElement !== canvas || !canvas.matches(":focus-visible")) return;
  context.fillStyle = pad.down ? "#e8792b" : "#3b78d8";
  context.fillRect(Math.floor(pad.at[0]), Math.floor(pad.at[1]), 1, 1);
}

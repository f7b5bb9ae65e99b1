// Images on canvases, and work that is shared out over the frames of the screen.

const BLOCK = 4;  // samples that are computed together
const SLICE = 28;  // milliseconds that images may take before the screen is drawn again, which is every 17 or 33
const running = new Map();

/** Calls `work(first, last)` for blocks of the count, some in each frame, then `done`. A newer job of the name ends it. */
function inFrames(name, count, work, done = () => {}) {
  const job = {};
  let at = 0;
  running.set(name, job);
  const go = () => {
    if (running.get(name) !== job) return;
    const end = performance.now() + SLICE;
    do {
      const last = Math.min(count, at + BLOCK);
      work(at, last);
      at = last;
    } while (at < count && performance.now() < end);
    if (at < count) requestAnimationFrame(go);
    else done();
  };
  requestAnimationFrame(go);
}

/** Pixels in [-1, 1], of one channel or three, as 8-bit colours. */
function pixelsOf([channels, height, width], x, start) {
  const size = height * width, picture = new ImageData(width, height);
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = Math.round(127.5 * (x[start + (channels === 1 ? 0 : c * size) + i] + 1));
    picture.data[4 * i + 3] = 255;
  }
  return picture;
}

/** A canvas of so many pixels, with words for those who do not see it. */
function canvasOf(width, height, label, properties = {}) {
  const canvas = make("canvas", { width, height, ...properties });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  return canvas;
}

/** A canvas with one image of a model. */
function imageOf(model, x, start, label) {
  const canvas = canvasOf(model.shape[2], model.shape[1], label);
  canvas.getContext("2d").putImageData(pixelsOf(model.shape, x, start), 0, 0);
  return canvas;
}

function figure(canvas, ...caption) {
  return make("figure", {}, canvas, make("figcaption", {}, ...caption));
}

/** The place of an event in the canvas's own pixels. */
function placeIn(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
}

// One moment of one run on a canvas: the critic's values below, then lines, grid, points and arrows.

const theme = () => {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
};

/** The colour of a share of the critic's range: low, middle, high. */
function heatOf(colours) {
  const [low, middle, high] = ["low", "middle", "high"].map((name) => colours(name).split(",").map(Number));
  return (share) => {
    const end = share < 0.5 ? low : high, part = Math.abs(2 * share - 1) * 0.75;
    return middle.map((value, i) => value + part * (end[i] - value));
  };
}

/** Draws the frame of a run with the layers that are on, and keeps what it drew in `canvas.drawn`. */
function drawFrame(canvas, run, frame, layers) {
  const side = Math.max(1, Math.round(canvas.clientWidth * Math.min(2, devicePixelRatio)));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d"), colours = theme(), [x, y, half] = run.window;
  const place = (at) => [((at[0] - x + half) / (2 * half)) * side, ((y + half - at[1]) / (2 * half)) * side];
  const drawn = { frame, time: run.time[frame] };
  for (const name of Object.keys(run.quantities)) drawn[name] = valuesAt(run, name, frame);
  drawn.range = drawn.score && [run.quantities.score.low[frame], run.quantities.score.high[frame]];
  pen.fillStyle = `rgb(${colours("middle")})`;
  pen.fillRect(0, 0, side, side);
  if (drawn.score && layers.score) drawHeat(pen, drawn, run.quantities.score.shape[0], heatOf(colours), side);
  if (drawn.score && layers.levels) drawLevels(pen, drawn, run.quantities.score.shape[0], side, colours);
  if (drawn.manifold && layers.manifold) drawGrid(pen, drawn.manifold, run.quantities.manifold.shape[0], place, colours, side);
  if (layers.real) drawPoints(pen, run.real, place, colours("real"), side, true);
  if (drawn.fake && layers.fake) drawPoints(pen, drawn.fake, place, colours("fake"), side, false);
  if (drawn.gradient && layers.gradient) drawArrows(pen, drawn, place, colours("ink"), side);
  canvas.drawn = drawn;
}

/** One pixel for each cell, smoothly enlarged: in the middle of a cell it has the colour of the stored value. */
function drawHeat(pen, { score, range: [low, high] }, size, heat, side) {
  const small = make("canvas", { width: size, height: size }), brush = small.getContext("2d");
  const pixels = brush.createImageData(size, size);
  score.forEach((value, i) => {
    const row = size - 1 - Math.floor(i / size), share = high > low ? (value - low) / (high - low) : 0.5;
    pixels.data.set([...heat(share), 255], 4 * (row * size + (i % size)));
  });
  brush.putImageData(pixels, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(small, 0, 0, side, side);
}

function drawLevels(pen, { score, range: [low, high] }, size, side, colours) {
  const cell = side / size;
  pen.beginPath();
  for (const level of high > low ? levelsOf(low, high) : []) {
    for (const [x0, y0, x1, y1] of levelLine(score, size, level)) {
      pen.moveTo((x0 + 0.5) * cell, side - (y0 + 0.5) * cell);
      pen.lineTo((x1 + 0.5) * cell, side - (y1 + 0.5) * cell);
    }
  }
  stroke(pen, colours("ink"), 0.35, side / 500);
}

function drawGrid(pen, manifold, lines, place, colours, side) {
  const at = (i, j) => place(manifold.subarray(2 * (i * lines + j), 2 * (i * lines + j) + 2));
  pen.beginPath();
  for (let i = 0; i < lines; i++) {
    for (let j = 0; j < lines; j++) pen[j ? "lineTo" : "moveTo"](...at(i, j));
    for (let j = 0; j < lines; j++) pen[j ? "lineTo" : "moveTo"](...at(j, i));
  }
  stroke(pen, colours("fake"), 0.55, side / 420);
}

function stroke(pen, colour, opacity, width) {
  Object.assign(pen, { strokeStyle: colour, globalAlpha: opacity, lineWidth: width });
  pen.stroke();
  pen.globalAlpha = 1;
}

/** Real points are squares and generated ones discs, so that they are told apart without colours. */
function drawPoints(pen, points, place, colour, side, square) {
  const radius = side / 160;
  Object.assign(pen, { fillStyle: colour, globalAlpha: 0.75 });
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [left, top] = place([points[i], points[i + 1]]);
    pen.beginPath();
    if (square) pen.rect(left - radius * 0.8, top - radius * 0.8, 1.6 * radius, 1.6 * radius);
    else pen.arc(left, top, radius, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

const LONGEST = 0.09;  // of the picture's side
const FULL = 0.95;  // the share of arrows that are not cut off

/** An arrow from each fake: its direction is that of the gradient, its length a share of the longest usual one. */
function drawArrows(pen, { fake, gradient }, place, colour, side) {
  const lengths = lengthsOf(gradient), full = lengths[Math.floor(FULL * (lengths.length - 1))];
  if (!(full > 0)) return;
  pen.beginPath();
  for (let i = 0; i + 1 < fake.length; i += 2) {
    const size = Math.hypot(gradient[i], gradient[i + 1]), scale = (Math.min(1, size / full) * LONGEST * side) / (size || 1);
    const [left, top] = place([fake[i], fake[i + 1]]), across = gradient[i] * scale, up = -gradient[i + 1] * scale;
    pen.moveTo(left, top);
    pen.lineTo(left + across, top + up);
    for (const turn of [2.6, -2.6]) {
      const sine = Math.sin(turn), cosine = Math.cos(turn);
      pen.moveTo(left + across, top + up);
      pen.lineTo(left + across + 0.3 * (across * cosine - up * sine), top + up + 0.3 * (across * sine + up * cosine));
    }
  }
  stroke(pen, colour, 0.8, side / 380);
}

// Samples in the plane. What is pointed at is generated, beside the training images that are nearest to it.

const RATIO = 4 / 3, MARGIN = 14;
const map = { at: null };

function setUpMap() {
  const canvas = element("plane");
  const pointed = (event) => chooseSample(nearestSample(placeIn(canvas, event)));
  canvas.addEventListener("pointermove", pointed);
  canvas.addEventListener("pointerdown", pointed);
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    chooseSample(map.at === null ? 0 : nextSample(map.at, way));
  });
  new ResizeObserver(showMap).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showMap);
}

/** The places of all samples in the canvas, in pixels. */
function placesOf({ place, count }, width, height) {
  const side = (offset) => {
    const values = Array.from({ length: count }, (_, i) => place[2 * i + offset]);
    return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  };
  const [x0, x1] = side(0), [y0, y1] = side(1);
  const scaled = (value, low, high, size) => MARGIN + ((value - low) / (high - low || 1)) * (size - 2 * MARGIN);
  return Array.from({ length: count }, (_, i) => [scaled(place[2 * i], x0, x1, width), scaled(place[2 * i + 1], y0, y1, height)]);
}

const colourOf = (group) => PALETTE[group % PALETTE.length];

function showMap() {
  const canvas = element("plane"), wide = canvas.clientWidth, ratio = devicePixelRatio || 1;
  if (!wide || !models.length) return;
  canvas.width = Math.round(wide * ratio);
  canvas.height = Math.round((wide / RATIO) * ratio);
  const shown = subject().map, context = canvas.getContext("2d");
  map.places = placesOf(shown, canvas.width, canvas.height);
  map.places.forEach(([x, y], i) => disc(context, x, y, 2.6 * ratio, colourOf(shown.group[i])));
  if (map.at !== null) {
    const [x, y] = map.places[map.at];
    disc(context, x, y, 6 * ratio, colourOf(shown.group[map.at]), getComputedStyle(canvas).color, 2 * ratio);
  }
}

function disc(context, x, y, radius, fill, stroke, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  Object.assign(context, { fillStyle: fill, globalAlpha: stroke ? 1 : 0.75 });
  context.fill();
  if (!stroke) return;
  Object.assign(context, { strokeStyle: stroke, lineWidth: width });
  context.stroke();
}

function nearestSample([x, y]) {
  const far = map.places.map(([left, top]) => (left - x) ** 2 + (top - y) ** 2);
  return far.indexOf(far.reduce((a, b) => Math.min(a, b)));
}

/** The sample that one comes to on the way: near, and not far off to the side. */
function nextSample(from, [right, down]) {
  const [x, y] = map.places[from];
  let best = from, least = Infinity;
  map.places.forEach(([left, top], i) => {
    const along = (left - x) * right + (top - y) * down, across = Math.abs((left - x) * down) + Math.abs((top - y) * right);
    const cost = along + 3 * across;
    if (i !== from && along > 0 && cost < least) [best, least] = [i, cost];
  });
  return best;
}

/** The code of a sample on the map. */
function mappedCode({ prior, map: { e, component } }, index) {
  const weights = component ? [[component[index], 1]] : [];
  return { e: e.subarray(index * prior.dim, (index + 1) * prior.dim), weights };
}

function chooseSample(index) {
  if (index === map.at) return;
  const model = subject(), { neighbours, distance, closer, group, groupedBy } = model.map;
  map.at = index;
  showMap();
  take(ofPrior(model.prior, mappedCode(model, index)));
  const x = images(model.layers, inputsOf(model, [mappedCode(model, index)]), 1);
  const near = neighbours[index], apart = (i) => distance[index * near.length + i];
  element("nearest").replaceChildren(
    figure(imageOf(model, x, 0, "the sample"), "the sample"),
    ...near.map((tile, i) => figure(tileOf(model.map.sheet, tile, `training image ${i + 1}`), `training, ${apart(i).toFixed(1)} away`)),
  );
  const named = groupedBy ? `, ${groupedBy} ${group[index]}` : "";
  const near0 = `${apart(0).toFixed(1)} away from the nearest training image`;
  element("map-said").textContent = `Sample ${index + 1}${named}, ${near0}${closer[index] ? ": nearer than that image is to any other training image, as copies are" : ""}.`;
}

/** A part of the sheet of training images. */
function tileOf(sheet, tile, label) {
  const canvas = canvasOf(sheet.width, sheet.height, label);
  sheetImage(sheet).then((image) => {
    const left = (tile % sheet.columns) * sheet.width, top = Math.floor(tile / sheet.columns) * sheet.height;
    canvas.getContext("2d").drawImage(image, left, top, sheet.width, sheet.height, 0, 0, sheet.width, sheet.height);
  });
  return canvas;
}

function sheetImage(sheet) {
  if (!sheet.image) {
    const image = make("img", { src: `data:image/webp;base64,${sheet.picture}` });
    sheet.image = image.decode().then(() => image);
  }
  return sheet.image;
}

/** What belongs to the map of another model. */
function showSubjectsMap() {
  const model = subject(), { group, groupedBy, closer, count, searched } = model.map;
  map.at = null;
  const found = [...new Set(group)].sort((a, b) => a - b);
  element("legend").replaceChildren(...(groupedBy ? [groupedBy, ...found.map((each) => legendOf(each))] : []));
  element("plane").setAttribute("aria-label", `${count} samples of ${model.name}; arrow keys go from sample to sample`);
  const near = closer.reduce((sum, value) => sum + value, 0) / count;
  element("map-note").textContent = `Near samples are alike; distances between groups mean nothing. The nearest training images are those of ${searched.toLocaleString("en")}, by the features that measure these data. ${Math.round(100 * near)} % of the samples are nearer to a training image than that is to any other one. Of real images that were not trained on about 40 % are; of copies all.`;
  element("nearest").replaceChildren();
  element("map-said").textContent = "Point at a sample, or go through them with the arrow keys.";
  showMap();
}

function legendOf(group) {
  const dot = make("span", { className: "dot" });
  dot.style.background = colourOf(group);
  return make("span", {}, dot, String(group));
}

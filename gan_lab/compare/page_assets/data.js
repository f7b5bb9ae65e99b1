// What the page holds: small things at once, curves and pictures when they are asked for.

const data = JSON.parse(document.getElementById("data").textContent);
const parsed = new Map();

function stored(id) {
  if (!parsed.has(id)) {
    const element = document.getElementById(id);
    parsed.set(id, element ? JSON.parse(element.textContent) : null);
  }
  return parsed.get(id);
}

function floats(text) {
  return new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}

function curve(result, name, clock) {
  const id = `curve ${result} ${name} ${clock}`;
  if (!parsed.has(id)) {
    const curves = stored(`curves-${result}`);
    const found = curves && curves.series[name];
    parsed.set(id, found ? { x: floats(curves.x[found[0]][clock]), y: floats(found[1]) } : null);
  }
  return parsed.get(id);
}

/** Pictures of a run: [[generator steps, images, seconds], address]. */
function frames(result) {
  return stored(`frames-${result}`) || [];
}

/** Linear between points; NaN outside. */
function valueAt({ x, y }, where) {
  let low = 0, high = x.length - 1;
  if (!(where >= x[0] && where <= x[high])) return NaN;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= where) low = middle; else high = middle;
  }
  if (high === low || x[high] === x[low]) return y[low];
  return y[low] + ((y[high] - y[low]) * (where - x[low])) / (x[high] - x[low]);
}

/** Over runs, as far as all of them go; the spread is the sample's standard deviation. */
function meanCurve(results, name, clock) {
  const curves = results.map((result) => curve(result, name, clock)).filter(Boolean);
  if (curves.length < 2) return curves.length ? { ...curves[0], runs: 1 } : null;
  const grid = curves.reduce((a, b) => (b.x.length > a.x.length ? b : a)).x;
  const mean = { x: [], y: [], spread: [], runs: curves.length };
  for (const x of grid) {
    const values = curves.map((each) => valueAt(each, x));
    if (values.some(Number.isNaN)) continue;
    const middle = values.reduce((a, b) => a + b, 0) / values.length;
    const square = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
    mean.x.push(x);
    mean.y.push(middle);
    mean.spread.push(Math.sqrt(square));
  }
  return mean;
}

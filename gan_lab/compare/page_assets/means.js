// Means of curves over seeds.

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

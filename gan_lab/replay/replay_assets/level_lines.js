// Level lines of values on a square grid, by marching squares.

/** Segments [x0, y0, x1, y1] of the line on which the values, row by row, are `level`; in units of the grid. */
function levelLine(values, size, level) {
  const segments = [];
  const across = (a, b) => (level - a) / (b - a);
  for (let row = 0; row < size - 1; row++) {
    for (let column = 0; column < size - 1; column++) {
      const at = row * size + column;
      const [a, b, c, d] = [values[at], values[at + 1], values[at + size + 1], values[at + size]];
      const points = [];
      if ((a < level) !== (b < level)) points.push([column + across(a, b), row]);
      if ((b < level) !== (c < level)) points.push([column + 1, row + across(b, c)]);
      if ((d < level) !== (c < level)) points.push([column + across(d, c), row + 1]);
      if ((a < level) !== (d < level)) points.push([column, row + across(a, d)]);
      const saddle = points.length === 4 && (a < level) !== ((a + b + c + d) / 4 < level);
      const order = saddle ? [0, 3, 1, 2].map((i) => points[i]) : points;
      for (let i = 0; i + 1 < order.length; i += 2) segments.push([...order[i], ...order[i + 1]]);
    }
  }
  return segments;
}

const LINES = 10;

/** Ten levels between the lowest and the highest value. */
const levelsOf = (low, high) => Array.from({ length: LINES }, (_, i) => low + ((i + 0.5) / LINES) * (high - low));

// Generators as lists of layers on typed arrays. A batch is one array, sample after sample.

/** The number of each of the 65,536 halves. */
const HALVES = Float32Array.from({ length: 65536 }, (_, bits) => {
  const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -24 * fraction;
});

/** Half-precision numbers in base64, low byte first. */
function halves(text) {
  const letters = atob(text), values = new Float32Array(letters.length / 2);
  for (let i = 0; i < values.length; i++) values[i] = HALVES[letters.charCodeAt(2 * i) | (letters.charCodeAt(2 * i + 1) << 8)];
  return values;
}

/** The layers of a description, with their tensors as arrays. */
function readLayers(described) {
  return described.map((layer) => ({
    ...layer,
    ...(layer.weight ? { weight: halves(layer.weight), bias: halves(layer.bias) } : {}),
    ...(layer.kind === "linear" ? { outputs: layer.sizes[0], inputs: layer.sizes[1] } : {}),
    ...(layer.kind === "doubling" ? { inputs: layer.sizes[0], outputs: layer.sizes[1] } : {}),
  }));
}

const FORWARD = {
  linear, doubling, norm,
  leaky_relu: ({ slope }, x) => x.map((value) => (value > 0 ? value : slope * value)),
  silu: (_, x) => x.map((value) => value / (1 + Math.exp(-value))),
  tanh: (_, x) => x.map(Math.tanh),
};

/** What the layers make of n inputs: [the inputs, the outputs of each layer]. */
function passed(layers, x, n) {
  const values = [x];
  for (const layer of layers) values.push(FORWARD[layer.kind](layer, values.at(-1), n));
  return values;
}

const images = (layers, x, n) => passed(layers, x, n).at(-1);

/** Four rows times one vector, which is read once for all of them. */
function fourProducts(rows, first, apart, vector, start, length, found) {
  const b = first + apart, c = b + apart, d = c + apart;
  let p = 0, q = 0, r = 0, s = 0;
  for (let i = 0; i < length; i++) {
    const value = vector[start + i];
    p += rows[first + i] * value;
    q += rows[b + i] * value;
    r += rows[c + i] * value;
    s += rows[d + i] * value;
  }
  found[0] = p, found[1] = q, found[2] = r, found[3] = s;
}

function product(a, from, b, start, length) {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[from + i] * b[start + i];
  return sum;
}

const four = new Float64Array(4);

/** y = W x + b. Four samples share a row of weights, and four rows of weights share a sample that is left. */
function linear({ weight, bias, inputs, outputs }, x, n) {
  const y = new Float32Array(n * outputs), whole = n - (n % 4);
  for (let sample = 0; sample < whole; sample += 4) {
    for (let o = 0; o < outputs; o++) {
      fourProducts(x, sample * inputs, inputs, weight, o * inputs, inputs, four);
      for (let i = 0; i < 4; i++) y[(sample + i) * outputs + o] = four[i] + bias[o];
    }
  }
  for (let sample = whole; sample < n; sample++) {
    let o = 0;
    for (; o + 3 < outputs; o += 4) {
      fourProducts(weight, o * inputs, inputs, x, sample * inputs, inputs, four);
      for (let i = 0; i < 4; i++) y[sample * outputs + o + i] = four[i] + bias[o + i];
    }
    for (; o < outputs; o++) y[sample * outputs + o] = product(weight, o * inputs, x, sample * inputs, inputs) + bias[o];
  }
  return y;
}

/** The images of a sample with a border of zeros, of one pixel above and left and of two rows' ends at the end. */
function bordered(x, start, { inputs, height, width }) {
  const wide = width + 2, plane = (height + 2) * wide, values = new Float64Array(inputs * plane + 2);
  for (let c = 0; c < inputs; c++) {
    for (let i = 0; i < height; i++) {
      const from = start + (c * height + i) * width;
      values.set(x.subarray(from, from + width), c * plane + (i + 1) * wide + 1);
    }
  }
  return values;
}

/**
 * The four pixels and weights on which an output pixel of this parity depends, since rows 2i + p get kernel row 1 - p
 * of the input's row i + p and kernel row 3 - p of the one before: [offset in the bordered image, offset in the kernel].
 */
function taps(p, q, wide) {
  const rows = [[1 + p, 1 - p], [p, 3 - p]], columns = [[1 + q, 1 - q], [q, 3 - q]];
  return rows.flatMap(([row, k]) => columns.map(([column, l]) => [row * wide + column, 4 * k + l]));
}

/** A transposed 4x4 convolution of stride 2 and padding 1: each quarter of the pixels gathers from 2x2 pixels. */
function doubling(layer, x, n) {
  const { weight, bias, inputs, outputs, height, width } = layer;
  const wide = width + 2, plane = (height + 2) * wide, length = height * wide, size = 4 * height * width;
  const y = new Float32Array(n * outputs * size), sums = new Float64Array(length);
  for (let sample = 0; sample < n; sample++) {
    const source = bordered(x, sample * inputs * height * width, layer);
    for (let o = 0; o < outputs; o++) {
      for (let quarter = 0; quarter < 4; quarter++) {
        const p = quarter >> 1, q = quarter & 1, [[a, ka], [b, kb], [c, kc], [d, kd]] = taps(p, q, wide);
        sums.fill(bias[o]);
        for (let i = 0; i < inputs; i++) {
          const k = 16 * (i * outputs + o), at = i * plane;
          const wa = weight[k + ka], wb = weight[k + kb], wc = weight[k + kc], wd = weight[k + kd];
          const ia = at + a, ib = at + b, ic = at + c, id = at + d;
          for (let j = 0; j < length; j++) {
            sums[j] += wa * source[ia + j] + wb * source[ib + j] + wc * source[ic + j] + wd * source[id + j];
          }
        }
        const start = (sample * outputs + o) * size + 2 * p * width + q;
        for (let i = 0; i < height; i++) {
          for (let j = 0; j < width; j++) y[start + 4 * i * width + 2 * j] = sums[i * wide + j];
        }
      }
    }
  }
  return y;
}

/** The mean of a sample, and the inverse of its standard deviation. */
function moments(x, start, size, eps) {
  let sum = 0, squares = 0;
  for (let i = 0; i < size; i++) sum += x[start + i];
  const mean = sum / size;
  for (let i = 0; i < size; i++) squares += (x[start + i] - mean) ** 2;
  return [mean, 1 / Math.sqrt(squares / size + eps)];
}

/** Each sample less its mean and over its deviation, then w x + b with those of the channel. */
function norm({ weight, bias, eps, pixels }, x, n) {
  const size = x.length / n, y = new Float32Array(x.length);
  for (let sample = 0; sample < n; sample++) {
    const start = sample * size, [mean, over] = moments(x, start, size, eps);
    for (let i = 0; i < size; i++) {
      const channel = Math.floor(i / pixels);
      y[start + i] = (x[start + i] - mean) * over * weight[channel] + bias[channel];
    }
  }
  return y;
}

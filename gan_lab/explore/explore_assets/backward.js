// Gradients by the inputs of generators, whose weights stay as they are.

const BACKWARD = {
  linear: linearBack, doubling: doublingBack, norm: normBack,
  leaky_relu: ({ slope }, x, y, g) => g.map((value, i) => (x[i] > 0 ? value : slope * value)),
  silu: (_, x, y, g) => g.map((value, i) => {
    const s = 1 / (1 + Math.exp(-x[i]));
    return value * s * (1 + x[i] * (1 - s));
  }),
  tanh: (_, x, y, g) => g.map((value, i) => value * (1 - y[i] ** 2)),
};

/** The gradient by the n inputs, of that by the outputs and the values that `passed` returns. */
function gradientOf(layers, values, gradient, n) {
  for (let index = layers.length - 1; index >= 0; index--) {
    gradient = BACKWARD[layers[index].kind](layers[index], values[index], values[index + 1], gradient, n);
  }
  return gradient;
}

function linearBack({ weight, inputs, outputs }, x, y, g, n) {
  const found = new Float32Array(n * inputs);
  for (let sample = 0; sample < n; sample++) {
    const into = found.subarray(sample * inputs, (sample + 1) * inputs), from = sample * outputs;
    let o = 0;
    for (; o + 3 < outputs; o += 4) {
      const a = o * inputs, b = a + inputs, c = b + inputs, d = c + inputs;
      const ga = g[from + o], gb = g[from + o + 1], gc = g[from + o + 2], gd = g[from + o + 3];
      for (let i = 0; i < inputs; i++) into[i] += ga * weight[a + i] + gb * weight[b + i] + gc * weight[c + i] + gd * weight[d + i];
    }
    for (; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) into[i] += g[from + o] * weight[o * inputs + i];
    }
  }
  return found;
}

/** Each pixel of a bordered image gets from the quarters of the outputs what these took from it. */
function doublingBack({ weight, inputs, outputs, height, width }, x, y, g, n) {
  const wide = width + 2, plane = (height + 2) * wide, length = height * wide, size = 4 * height * width;
  const found = new Float32Array(n * inputs * height * width), part = new Float32Array(length);
  for (let sample = 0; sample < n; sample++) {
    const into = new Float32Array(inputs * plane + 2);
    for (let o = 0; o < outputs; o++) {
      for (let quarter = 0; quarter < 4; quarter++) {
        const p = quarter >> 1, q = quarter & 1, [[a, ka], [b, kb], [c, kc], [d, kd]] = taps(p, q, wide);
        const start = (sample * outputs + o) * size + 2 * p * width + q;
        for (let i = 0; i < height; i++) {
          for (let j = 0; j < width; j++) part[i * wide + j] = g[start + 4 * i * width + 2 * j];
        }
        for (let i = 0; i < inputs; i++) {
          const k = 16 * (i * outputs + o), at = i * plane;
          const wa = weight[k + ka], wb = weight[k + kb], wc = weight[k + kc], wd = weight[k + kd];
          for (let j = 0; j < length; j++) {
            const value = part[j], here = at + j;
            into[here + a] += wa * value;
            into[here + b] += wb * value;
            into[here + c] += wc * value;
            into[here + d] += wd * value;
          }
        }
      }
    }
    for (let i = 0; i < inputs; i++) {
      for (let row = 0; row < height; row++) {
        const from = i * plane + (row + 1) * wide + 1;
        found.set(into.subarray(from, from + width), ((sample * inputs + i) * height + row) * width);
      }
    }
  }
  return found;
}

function normBack({ weight, eps, pixels }, x, y, g, n) {
  const size = x.length / n, found = new Float32Array(x.length);
  for (let sample = 0; sample < n; sample++) {
    const start = sample * size, [mean, over] = moments(x, start, size, eps);
    const weighted = (i) => g[start + i] * weight[Math.floor(i / pixels)], scaled = (i) => (x[start + i] - mean) * over;
    let sum = 0, along = 0;
    for (let i = 0; i < size; i++) {
      sum += weighted(i);
      along += weighted(i) * scaled(i);
    }
    for (let i = 0; i < size; i++) found[start + i] = over * (weighted(i) - sum / size - (scaled(i) * along) / size);
  }
  return found;
}

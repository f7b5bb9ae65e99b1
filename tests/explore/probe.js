// Computes what a test asks for, without anything to see.

function drawCharts() {
  window.answers = data.cases.map((_, i) => {
    const { content, codes, settings, wanted } = stored(`case-${i}`);
    const model = { prior: readPrior(content.prior), conditional: content.conditional, layers: readLayers(content.layers) };
    const read = codes.map(({ e, weights }) => ({ e: floats(e), weights }));
    const found = { z: read.map((code) => [...codeOf(model.prior, code, settings)]) };
    found.x = [...images(model.layers, inputsOf(model, read, settings), read.length)];
    found.one = [...images(model.layers, inputsOf(model, [read[0]], settings), 1)];
    const shown = new Float32Array(found.x), { shape } = stored(`case-${i}`);
    found.pixels = [...pixelsOf(shape, shown, shown.length - shown.length / read.length).data];
    const { errors, gradients } = lossAndGradient(model, read, floats(wanted));
    return { ...found, errors, gradients: gradients.map((values) => [...values]), way: [0, 0.3, 1].map((share) => [...codeOf(model.prior, between(model.prior, read[0], read[1], share))]) };
  });
  window.random = { some: [...normals(100001, 7, 1)], fewer: [...normals(5, 7, 1)], others: [...normals(100001, 7, 2)] };
  const normal = { kind: "normal", dim: 4, components: 0 }, uniform = { kind: "uniform", dim: 3, components: 2 };
  const within = forModel({ prior: uniform }, { e: [-1.5, 0, 0.7], weights: [[7, 1]], kind: "normal" });
  const back = forModel({ prior: normal }, { ...within, kind: "uniform" });
  window.adapted = { within: [...within.e], component: within.weights[0][0], back: [...back.e] };
  window.halves = [...HALVES].map((value) => (Number.isFinite(value) ? value : null));
  performance.mark("drawn");
}

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

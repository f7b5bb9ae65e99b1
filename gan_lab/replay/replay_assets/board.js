// A board on which a distribution is drawn with the mouse or the keyboard, and saved as a file for data=points.

const EDGE = 2, TOUCH = 12, MOST = 50000, FEWEST = 100;

function setUpBoard() {
  const board = element("board"), points = [], brush = [0, 0];
  const unit = () => board.width / (2 * EDGE);
  const spread = () => Number(element("width").value) / 100;

  /** Normal random numbers by Box and Muller. */
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

  function touch() {
    for (let i = 0; i < TOUCH && points.length < MOST; i++) points.push([brush[0] + spread() * normal(), brush[1] + spread() * normal()]);
    show();
  }

  function show() {
    const pen = board.getContext("2d"), colours = theme();
    pen.clearRect(0, 0, board.width, board.height);
    Object.assign(pen, { fillStyle: colours("real"), strokeStyle: colours("ink") });
    for (const [x, y] of points) pen.fillRect((x + EDGE) * unit() - 1, (EDGE - y) * unit() - 1, 2, 2);
    pen.beginPath();
    pen.arc((brush[0] + EDGE) * unit(), (EDGE - brush[1]) * unit(), Math.max(4, 2 * spread() * unit()), 0, 2 * Math.PI);
    pen.stroke();
    const few = points.length && points.length < FEWEST ? `, at least ${FEWEST} are needed` : "";
    element("count").textContent = points.length ? `${points.length.toLocaleString("en")} points${few}` : "no points yet";
    element("save").disabled = points.length < FEWEST;
  }

  function moveTo(event) {
    const { left, top, width } = board.getBoundingClientRect();
    brush[0] = ((event.clientX - left) / width) * 2 * EDGE - EDGE;
    brush[1] = EDGE - ((event.clientY - top) / width) * 2 * EDGE;
  }

  board.addEventListener("pointerdown", (event) => {
    board.setPointerCapture(event.pointerId);
    moveTo(event);
    touch();
  });
  board.addEventListener("pointermove", (event) => {
    moveTo(event);
    if (event.buttons) touch();
    else show();
  });
  board.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (steps) steps.forEach((step, i) => (brush[i] = Math.max(-EDGE, Math.min(EDGE, brush[i] + 0.1 * step))));
    if (steps) show();
    else if (event.key === " ") touch();
    else return;
    event.preventDefault();
  });
  element("width").addEventListener("input", show);
  element("clear").addEventListener("click", () => {
    points.length = 0;
    show();
  });
  element("save").addEventListener("click", () => save(points));
  board.points = points;
  show();
}

/** Hands the points to the user as a file: a line of names, then x and y of each. */
function save(points) {
  const lines = points.map(([x, y]) => `${x.toFixed(5)},${y.toFixed(5)}`);
  const address = URL.createObjectURL(new Blob([`x,y\n${lines.join("\n")}\n`], { type: "text/csv" }));
  make("a", { href: address, download: "points.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

// Pictures side by side, all moved by one slider to the nearest moment that each run has.

let cards = [];

/** The first run of the row that has pictures. */
function pictured(row) {
  const index = row.counted.find((each) => frames(each).length);
  return index === undefined ? null : { row, index, frames: frames(index) };
}

function drawSamples() {
  const wanted = sorted(visible(), tableColumns()).filter((row) => !faded(row));
  cards = [];
  let left = 0;
  for (const row of wanted) {
    if (cards.length >= state.cards) {
      left += 1;
      continue;
    }
    const card = pictured(row);
    if (card) cards.push(card);
  }
  for (const card of cards) {
    const dot = make("span", { className: "dot" });
    dot.style.background = colourOf(card.row);
    card.image = make("img", { alt: `samples of ${card.row.label}` });
    card.moment = make("span", { className: "muted" });
    const seed = state.mode === "seeds" && card.row.counted.length > 1 ? ` · seed ${data.results[card.index].seed}` : "";
    const name = make("span", { text: card.row.label + seed, title: data.results[card.index].name });
    card.figure = make("figure", {}, make("figcaption", {}, dot, name, card.moment), card.image);
  }
  element("samples").replaceChildren(...cards.map((card) => card.figure));
  element("samples-card").hidden = !cards.length;
  element("more-samples").hidden = !left;
  element("more-samples").textContent = `show ${Math.min(left, 24)} more of ${left}`;
  move();
}

/** Shows the moment under the slider. */
function move() {
  const clock = state.clock;
  const known = (frame) => frame[0][clock] ?? 0;
  const end = Math.max(0, ...cards.flatMap((card) => card.frames.map(known)));
  const moment = state.position * end;
  for (const card of cards) {
    const nearest = card.frames.reduce((a, b) => (Math.abs(known(b) - moment) < Math.abs(known(a) - moment) ? b : a));
    if (card.shown !== nearest) {
      card.shown = nearest;
      card.image.src = `data:image/webp;base64,${nearest[1]}`;
      card.moment.textContent = Math.round(known(nearest)).toLocaleString("en");
    }
  }
  element("moment").textContent = `${Math.round(moment).toLocaleString("en")} ${CLOCK_NAMES[data.clocks[clock]]}`;
}

let playing = null;

function play() {
  if (playing !== null) {
    clearInterval(playing);
    playing = null;
  } else {
    if (state.position >= 1) state.position = 0;
    playing = setInterval(() => {
      state.position = Math.min(1, state.position + 0.02);
      element("position").value = 1000 * state.position;
      move();
      if (state.position >= 1) play();
    }, 120);
  }
  element("play").textContent = playing === null ? "▶" : "❚❚";
}

// Pictures of rows side by side.

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
  showMoment(cards, state.position, state.clock);
}

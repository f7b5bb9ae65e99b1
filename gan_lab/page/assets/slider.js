// Pictures of the training, all moved by one slider to the nearest moment that each run has.

/**
 * Shows that share of the time in the `cards` {frames, image, moment}, and returns the moment in units of the clock.
 */
function showMoment(cards, position, clock) {
  const known = (frame) => frame[0][clock] ?? 0;
  const end = Math.max(0, ...cards.flatMap((card) => card.frames.map(known)));
  const moment = position * end;
  for (const card of cards) {
    const nearest = card.frames.reduce((a, b) => (Math.abs(known(b) - moment) < Math.abs(known(a) - moment) ? b : a));
    if (card.shown !== nearest) {
      card.shown = nearest;
      card.image.src = `data:image/webp;base64,${nearest[1]}`;
    }
    card.moment.textContent = Math.round(known(nearest)).toLocaleString("en");
  }
  const text = `${Math.round(moment).toLocaleString("en")} ${CLOCK_NAMES[data.clocks[clock]]}`;
  element("moment").textContent = text;
  element("position").setAttribute("aria-valuetext", text);
  return moment;
}

/** Calls `moved` with the share of the time at which the slider stands, also while it plays. */
function setUpSlider(moved) {
  const slider = element("position"), button = element("play");
  let playing = null;
  const stop = () => {
    clearInterval(playing);
    playing = null;
    button.textContent = "▶";
    button.setAttribute("aria-label", "play");
  };
  const advance = () => {
    slider.value = Math.min(1000, Number(slider.value) + 20);
    moved(slider.value / 1000);
    if (Number(slider.value) >= 1000) stop();
  };
  slider.addEventListener("input", () => moved(slider.value / 1000));
  button.addEventListener("click", () => {
    if (playing !== null) return stop();
    if (Number(slider.value) >= 1000) slider.value = 0;
    playing = setInterval(advance, 120);
    button.textContent = "❚❚";
    button.setAttribute("aria-label", "pause");
  });
}

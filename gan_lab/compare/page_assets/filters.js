// Tabs of protocols, chips, and every control that is not part of a chart.

function drawSections() {
  const tabs = data.sections.map((each, index) => {
    const runs = each.rows.reduce((sum, row) => sum + row.results.length, 0);
    const text = `${runs} ${each.kind === "training" ? "run" : "evaluation"}${runs === 1 ? "" : "s"}`;
    const tab = make("button", { className: index === state.section ? "on" : "", onclick: () => openSection(index) });
    tab.setAttribute("role", "tab");
    tab.append(each.title, make("small", { text }));
    return tab;
  });
  element("sections").replaceChildren(...(tabs.length > 1 ? tabs : []));
  const { title, protocol, unlike, rows: made, alike } = section();
  const said = (pairs) => pairs.map(([key, value]) => `${key} ${value}`).join(", ");
  element("protocol-title").textContent = `Protocol: ${title}`;
  element("protocol").textContent = said(protocol) || "unknown, because no summary.json states it";
  element("unlike").hidden = !unlike;
  element("unlike").textContent = `It differs from ${unlike}.`;
  const same = alike.map((index) => [data.columns[index].name, shown(made[0].values[index])]);
  element("alike").hidden = !same.length;
  element("alike").textContent = `The same in all rows: ${said(same)}.`;
}

function drawFilters() {
  const search = make("input", { type: "search", placeholder: "filter by words or key=value", value: state.text });
  search.setAttribute("aria-label", "filter");
  search.oninput = () => {
    state.text = search.value;
    update();
  };
  const keys = section().swept.map((index) => [data.columns[index].key, data.columns[index].name]);
  const groups = [...keys, ["state", "state"], ["folder", "folder"]].map(([key, name]) => chips(key, name));
  element("filters").replaceChildren(search, ...groups.filter(Boolean));
}

/** One chip for each value; none where there is no choice or too much of it. */
function chips(key, name) {
  const order = (a, b) => a - b || a.localeCompare(b, "en", { numeric: true });
  const values = [...new Set(rows().flatMap((row) => valuesOf(row, key)))].filter((value) => value !== "").sort(order);
  if (values.length < 2 || values.length > (key === "variant" ? 40 : 12)) return null;
  const chosen = state.chosen.get(key) || state.chosen.set(key, new Set()).get(key);
  const made = values.map((value) => {
    const chip = make("button", { className: `chip${chosen.has(value) ? " on" : ""}`, text: value });
    chip.dataset.filter = `${key}=${value}`;
    chip.setAttribute("aria-pressed", chosen.has(value));
    chip.onclick = () => {
      if (!chosen.delete(value)) chosen.add(value);
      chip.classList.toggle("on", chosen.has(value));
      chip.setAttribute("aria-pressed", chosen.has(value));
      update();
    };
    return chip;
  });
  const group = make("span", { className: "chips", title: key }, make("span", { text: name }), ...made);
  return group;
}

function segments(id, key, changed) {
  for (const button of element(id).children) {
    button.onclick = () => {
      state[key] = button.dataset.value;
      changed();
    };
  }
}

function markSegments(id, key) {
  for (const button of element(id).children) button.classList.toggle("on", button.dataset.value === state[key]);
}

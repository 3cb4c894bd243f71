// A page from the disk: a classic script, since such a page may load no modules. It reads well
// without: what needs the script is hidden until the script is there.
"use strict";
addEventListener("DOMContentLoaded", () => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const dialog = document.getElementById("keys");
  const search = document.getElementById("search");
  const grid = document.querySelector("#units .grid");
  const units = grid ? [...grid.children] : [];
  const none = document.getElementById("none");
  for (const each of all("#keys-button, #sorting [hidden]")) each.hidden = false;
  document.getElementById("keys-button").addEventListener("click", () => dialog.showModal());
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());

  const find = () => {
    const wanted = search.value.trim().toLowerCase();
    const name = (unit) => unit.firstElementChild.getAttribute("aria-label").toLowerCase();
    const words = (unit) => (unit.dataset.words ?? "").toLowerCase();
    const named = units.filter((unit) => name(unit).includes(wanted));
    const found = new Set(named.length ? named : units.filter((unit) => words(unit).includes(wanted)));
    for (const unit of units) unit.hidden = !found.has(unit);
    none.hidden = found.size > 0;
  };
  search?.addEventListener("input", find);
  if (search?.value) find(); // the browser kept what was typed before the page was left

  for (const button of all("[data-sort]")) {
    button.addEventListener("click", () => {
      const place = (unit) => Number(unit.dataset[button.dataset.sort] ?? units.indexOf(unit));
      grid.append(...[...units].sort((one, other) => place(one) - place(other)));
      for (const each of all("[data-sort]")) each.setAttribute("aria-pressed", String(each === button));
    });
  }

  const walk = (key, tile) => {
    const tiles = all("a.tile").filter((each) => each.offsetParent && each.closest("ul") === tile.closest("ul"));
    const top = tile.getBoundingClientRect().top;
    const across = tiles.filter((each) => Math.abs(each.getBoundingClientRect().top - top) < 2).length;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[key];
    tiles[Math.min(tiles.length - 1, Math.max(0, tiles.indexOf(tile) + by))].focus();
  };
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || dialog.open || target.matches("input")) return;
    if (key === "?") dialog.showModal();
    else if (key === "/" && search) search.focus();
    else if (key.startsWith("Arrow") && target.matches("a.tile")) walk(key, target);
    else {
      const link = document.querySelector(`a[data-key="${CSS.escape(key)}"]`);
      if (!link) return;
      location.href = link.href;
    }
    event.preventDefault();
  });
});

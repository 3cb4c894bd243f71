// One mark for both pictures: at the same share of their height and width.
export function watchSides() {
  const sides = document.getElementById("sides");
  if (!sides) return;
  const linked = [...sides.querySelectorAll(".linked")];
  const move = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const top = (event.clientY - box.top) / box.height;
    const left = (event.clientX - box.left) / box.width;
    for (const mark of sides.querySelectorAll(".mark")) {
      mark.hidden = false;
      mark.style.top = `${100 * top}%`;
      mark.style.left = `${100 * left}%`;
    }
  };
  for (const each of linked) {
    each.addEventListener("pointermove", move);
    each.addEventListener("pointerleave", () => {
      for (const mark of sides.querySelectorAll(".mark")) mark.hidden = true;
    });
  }
}

// Short notices at the foot of the page, which a screen reader says.
const place = document.getElementById("notices");

export function notice(title, hint = "", details = "") {
  const box = document.createElement("div");
  const text = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = title;
  text.append(strong, hint ? ` ${hint}` : "");
  if (details) {
    const more = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = "Details";
    const pre = document.createElement("pre");
    pre.textContent = details;
    more.append(summary, pre);
    text.append(more);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => box.remove());
  box.append(text, close);
  place.append(box);
  return box;
}

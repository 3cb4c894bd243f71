// A photo that is dropped or chosen is sent as it is; the server keeps its pixels alone.
import { notice } from "./notices.mjs";

const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff"];

async function upload(file) {
  if (!TYPES.includes(file.type)) return void notice("This is not a photo that can be read.", "Try a PNG or a JPEG.");
  const response = await fetch("/api/photos", {
    method: "POST",
    headers: { "Content-Type": file.type, "X-Name": encodeURIComponent(file.name) },
    body: file,
  }).catch(() => null);
  if (!response) return void notice("The server does not answer.", "Is it still running?");
  const told = await response.json().catch(() => ({ title: response.statusText }));
  if (response.ok) location.href = told.page;
  else notice(told.title, told.hint ?? "");
}

export function watchPhotos() {
  const place = document.getElementById("drop");
  if (!place) return;
  const field = document.getElementById("photo");
  field.addEventListener("change", () => field.files.length && upload(field.files[0]));
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) document.addEventListener(name, () => place.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) upload(file);
  });
}

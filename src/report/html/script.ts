/** The page's only script: it hides the rows that do not match. Without it all of them are there. */
export const script = `
"use strict";
const field = document.querySelector("#search");
const status = document.querySelector("#found");
const rows = [...document.querySelectorAll("[data-words]")];
const search = () => {
  const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let found = 0;
  for (const row of rows) {
    const text = row.dataset.words;
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) found += 1;
  }
  status.textContent = words.length === 0 ? "" : found + " of " + rows.length + " rows";
};
field.addEventListener("input", search);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  }
  if (event.key === "Escape" && document.activeElement === field) {
    field.value = "";
    search();
  }
});
document.querySelector(".search").hidden = false;
search();
`;

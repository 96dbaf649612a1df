// Light or dark: as the system has it, until somebody chooses.

const KEY = "minbrain-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const changed = new EventTarget();

const current = () => localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light");

function apply() {
  document.documentElement.dataset.theme = current();
  document.getElementById("theme").textContent = current() === "dark" ? "light" : "dark";
  changed.dispatchEvent(new Event("change"));
}

/** Calls `redraw` whenever colours change. */
export const onTheme = (redraw) => changed.addEventListener("change", redraw);

/** A colour of the sheet. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Starts to follow the choice. */
export function startTheme() {
  document.getElementById("theme").addEventListener("click", () => {
    localStorage.setItem(KEY, current() === "dark" ? "light" : "dark");
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}

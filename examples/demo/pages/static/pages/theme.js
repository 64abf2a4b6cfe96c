// The colour scheme: the system's, unless the visitor chose the other one here.
// A classic script in the head, so that the choice is there before the first paint.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

  const show = () =>
    document.querySelector("[data-theme-toggle]").setAttribute("aria-pressed", String(isDark()));
  const start = () => {
    const button = document.querySelector("[data-theme-toggle]");
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
      show();
    });
    show();
    button.hidden = false;
  };
  system.addEventListener("change", show);
  addEventListener("DOMContentLoaded", start);
  // A visit inside a live session brings another button.
  document.addEventListener("djust:navigate", start);
})();

// Runs before the page is painted, so that it never flashes in the wrong colours.
// The theme is the system's until the toggle has been used; then it is remembered.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  let chosen = null;
  try { chosen = localStorage.getItem('theme'); } catch { /* Storage is turned off: nothing is remembered. */ }

  const other = () => root.dataset.theme === 'dark' ? 'light' : 'dark';

  function apply() {
    root.dataset.theme = chosen ?? (system.matches ? 'dark' : 'light');
    document.getElementById('theme-toggle')?.setAttribute('aria-label', `Use the ${other()} theme`);
  }

  function toggle() {
    chosen = other();
    try { localStorage.setItem('theme', chosen); } catch { /* As above. */ }
    apply();
  }

  apply();
  system.addEventListener('change', apply);
  addEventListener('DOMContentLoaded', () => {
    apply();
    document.getElementById('theme-toggle').addEventListener('click', toggle);
  });
})();

// Runs before anything is painted, so that a chosen theme does not flash the other one first.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('smtp-double.theme');
  } catch {
    // Storage may be switched off; the system's theme is a good one.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();

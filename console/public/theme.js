// Sets the colour scheme before the first paint. A file of its own: inline scripts are forbidden.
(function () {
  var stored = null;
  try {
    stored = localStorage.getItem('aom.scheme');
  } catch (e) {
    // Storage may be switched off; the system's scheme is used then.
  }
  var dark =
    stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();

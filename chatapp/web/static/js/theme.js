// A classic script in the head: the chosen theme is set before the first paint, so that nothing flashes.
try {
  const { installation } = JSON.parse(document.getElementById("settings")?.textContent ?? "{}");
  const { theme } = JSON.parse(localStorage.getItem(`chatapp.preferences-${installation}`) ?? "{}");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's theme is used.
}

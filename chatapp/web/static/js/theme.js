// A classic script in the head, which sets the theme before the first paint and so avoids a flash.
try {
  const { installation } = JSON.parse(document.getElementById("settings")?.textContent ?? "{}");
  const { theme } = JSON.parse(localStorage.getItem(`chatapp.preferences-${installation}`) ?? "{}");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's theme is used.
}

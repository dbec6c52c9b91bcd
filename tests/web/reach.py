"""Whether everything that is open can be seen and pressed: nothing is cut off, covered or out of reach."""

from playwright.sync_api import Page

UNREACHABLE = """async () => {
  const CONTROLS = `a[href], button, input, select, textarea, summary, [tabindex="0"], [role=option], [role=menuitem]`;
  const POPUPS = "#mention-list, [role=menu]";
  const LEAST_PIXELS = 40;
  const scope =
    document.querySelector("dialog[open]") ?? document.querySelector(POPUPS) ?? document.querySelector("main");
  const problems = [];
  const complain = (what, element) => {
    const words = (element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40);
    problems.push(`${what}: ${element.tagName.toLowerCase()}.${element.className} "${words}"`);
  };
  const isSeen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    getComputedStyle(element).pointerEvents !== "none" &&
    !element.closest(".unseen");
  const clips = (element) => getComputedStyle(element).overflowX !== "visible";
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowY);
  // Text that ends with dots, fields, and what scrolls by itself in a message.
  const mayBeWider = (element) =>
    getComputedStyle(element).textOverflow === "ellipsis" || element.matches("input, select, textarea, .text *");

  /** The part of the window in which an element can be seen. */
  const openingOf = (element) => {
    const seen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    for (let outer = element.parentElement; outer; outer = outer.parentElement) {
      if (!clips(outer)) continue;
      const box = outer.getBoundingClientRect();
      for (const side of ["left", "top"]) seen[side] = Math.max(seen[side], box[side]);
      for (const side of ["right", "bottom"]) seen[side] = Math.min(seen[side], box[side]);
    }
    return seen;
  };
  const isWhole = (element) => {
    const box = element.getBoundingClientRect();
    const seen = openingOf(element);
    if (box.left < seen.left - 1 || box.right > seen.right + 1) return false;
    if (element.matches("textarea, article, [role=region], [role=group], .picture-open"))
      return seen.bottom - seen.top >= Math.min(box.height, LEAST_PIXELS) - 1;
    return box.top >= seen.top - 1 && box.bottom <= seen.bottom + 1;
  };
  const isHit = (element) => {
    const box = element.getBoundingClientRect();
    const seen = openingOf(element);
    const x = (Math.max(box.left, seen.left) + Math.min(box.right, seen.right)) / 2;
    const y = (Math.max(box.top, seen.top) + Math.min(box.bottom, seen.bottom)) / 2;
    const hit = document.elementFromPoint(x, y);
    return hit !== null && (element.contains(hit) || Boolean(element.closest("label")?.contains(hit)));
  };

  /** What covers it may go once the list is at its end. */
  const isHitLater = async (element) => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    return isHit(element);
  };

  /** Nobody can scroll what hides its overflow, but scripts do. A few pixels of the room for letters do not matter. */
  const scrollBack = (element) => {
    let isBack = false;
    for (let outer = element.parentElement; outer; outer = outer.parentElement) {
      if (scrolls(outer) || outer.scrollTop < 4) continue;
      outer.scrollTop = 0;
      isBack = true;
    }
    return isBack;
  };

  if (document.documentElement.scrollWidth > innerWidth) problems.push("the page scrolls sideways");
  for (const element of [scope, ...scope.querySelectorAll("*")].filter(isSeen)) {
    const tooWide = element.scrollWidth - element.clientWidth;
    const tooHigh = element.scrollHeight - element.clientHeight;
    if (clips(element) && tooWide > 1 && !mayBeWider(element)) complain(`cut off by ${tooWide} pixels`, element);
    if (scrolls(element) && tooHigh > 1 && element.clientHeight < LEAST_PIXELS && !element.matches("textarea"))
      complain(`scrolls in ${element.clientHeight} pixels`, element);
    if (element.matches(".button") && !clips(element) && Math.max(tooWide, tooHigh) > 2) complain("outgrown", element);
  }
  for (const control of scope.querySelectorAll(CONTROLS)) {
    if (!control.isConnected || !isSeen(control)) continue;
    control.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    if (scrollBack(control)) complain("hidden", control);
    else if (!isWhole(control)) complain("not whole", control);
    else if (!isHit(control) && !(await isHitLater(control))) complain("covered", control);
  }
  return problems;
}"""


def unreachable(page: Page) -> list[str]:
    """What is wrong with the open dialog, or with the page if there is none. Scrolls it."""
    found: list[str] = page.evaluate(UNREACHABLE)
    return found

/** Line icons on a grid of 24, in the colour of the text around them. */

import { html } from "./html.js";

const PATHS = {
  bold: "M7.5 5h5.2a3.4 3.4 0 0 1 0 6.8H7.5zM7.5 11.8h6.2a3.6 3.6 0 0 1 0 7.2H7.5z",
  back: "M15 5l-7 7 7 7",
  bookmark: "M7 4h10v16l-5-4-5 4z",
  bell: "M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5l1.5-1.5zM10 20.5h4",
  check: "M4.5 12.5l5 5 10-11",
  checks: "M2 12.8l4.6 4.6L16 7.2M11.5 16.6l.9.8L21.9 7.2",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5V12l3 2",
  code: "M8.5 7l-5 5 5 5M15.5 7l5 5-5 5",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 8.5h10.5V20H9zM5 15.5H4V4h11v1.5",
  down: "M12 5v14M5.5 12.5L12 19l6.5-6.5",
  find: "M4 5.5h16M4 11h6M4 16.5h5M15.5 18a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM18.5 17l2.5 2.5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3.5 9.5h17M3.5 14.5h17M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 7.8v.2",
  italic: "M10.5 5h7M6.5 19h7M14 5l-4 14",
  key: "M8 19.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM11.2 11.8L20 3M16 7l3 3M13.5 9.5l2 2",
  keyboard: "M3 6.5h18v11H3zM7 10.2v.1M11 10.2v.1M15 10.2v.1M17.5 10.2v.1M8 14h8",
  leave: "M14 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H14M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5",
  history: "M3.5 12a8.5 8.5 0 1 0 2.6-6.1L3.5 8.4M3.5 4v4.4h4.4M12 7.5V12l3 2",
  link: "M10 14a4 4 0 0 0 5.7 0l3.5-3.5a4 4 0 0 0-5.7-5.7L12.3 6M14 10a4 4 0 0 0-5.7 0l-3.5 3.5a4 4 0 0 0 5.7 5.7l1.2-1.2",
  more: "M5.5 12v.1M12 12v.1M18.5 12v.1",
  letters: "M2.5 18L7.5 6l5 12M4.2 14h6.6M21 11.5V18M21 14.8a3.1 3.1 0 1 1-6.2 0 3.1 3.1 0 0 1 6.2 0z",
  list: "M9.5 6.5H20M9.5 12H20M9.5 17.5H20M4.5 6.5v.1M4.5 12v.1M4.5 17.5v.1",
  muted: "M6.5 16.5V11a5.5 5.5 0 0 1 .9-3M9.6 6.1A5.5 5.5 0 0 1 17.5 11v3M17 18H5l1.5-1.5M10 20.5h4M4 4l16 16",
  thread: "M4 5h12v9H9l-4 3.5V14H4zM19 9h1v9h-1v3l-4-3h-4",
  minus: "M5 12h14",
  next: "M9 5l7 7-7 7",
  pencil: "M4 20l1-4.2L16.2 4.6a1.8 1.8 0 0 1 2.5 0l.7.7a1.8 1.8 0 0 1 0 2.5L8.2 19 4 20zM14.2 6.6l3.2 3.2",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c0-3.3 2.9-5.5 6.5-5.5s6.5 2.2 6.5 5.5M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.4c2.1.8 3.5 2.6 3.5 5.1",
  pin: "M9 4h6l-.8 6.2 3 2.8v1.5H6.8V13l3-2.8zM12 14.5V20",
  poll: "M5 19.5v-8M12 19.5v-15M19 19.5v-11",
  plus: "M12 5v14M5 12h14",
  forward: "M14.5 5.5l6 5.5-6 5.5M20 11h-9a7 7 0 0 0-7 7v.5",
  reply: "M9.5 5.5L3.5 11l6 5.5M4 11h9a7 7 0 0 1 7 7v.5",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20.5 20.5",
  send: "M4.5 12L3.6 4.4c-.1-.6.5-1.1 1.1-.8L21 12 4.7 20.4c-.6.3-1.2-.2-1.1-.8L4.5 12zM4.5 12H12",
  sliders: "M4 7h9M19 7h1M4 17h1M11 17h9M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.2 14a4.5 4.5 0 0 0 7.6 0M9 9.5v.2M15 9.5v.2",
  trash: "M4.5 6.5h15M9 6V4.5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1V6M6.5 6.5l.8 12.6a1.5 1.5 0 0 0 1.5 1.4h6.4a1.5 1.5 0 0 0 1.5-1.4l.8-12.6M10 10.5v6M14 10.5v6",
  quote: "M5 5.5v13M9.5 7H20M9.5 12H20M9.5 17h6",
  spoiler: "M9.9 5.8a9 9 0 0 1 2.1-.3c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.6 3.4M6.3 7.6A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.6-1.3M4 4l16 16",
  strike: "M4.5 12h15M16.3 8.2c-.4-1.7-2-2.9-4.3-2.9-2.5 0-4.2 1.3-4.2 3.2 0 1 .5 1.8 1.4 2.5M7.6 15.6c.5 1.9 2.1 3.1 4.5 3.1 2.6 0 4.4-1.3 4.4-3.3 0-.6-.2-1.2-.5-1.6",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM16 8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1",
  unread: "M13 5.5H5.5A1.5 1.5 0 0 0 4 7v10a1.5 1.5 0 0 0 1.5 1.5h13A1.5 1.5 0 0 0 20 17v-6M4.5 7.5L12 13l3-2M19 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  warning: "M12 8.5v4.5M12 16.3v.2M10.5 4.3L2.7 17.7A1.7 1.7 0 0 0 4.2 20.3h15.6a1.7 1.7 0 0 0 1.5-2.6L13.5 4.3a1.7 1.7 0 0 0-3 0z",
  picture: "M4 5.5h16v13H4zM4 16l5-5 4.5 4.5L16 13l4 4M15.5 10.2v.1",
  film: "M4 5.5h16v13H4zM10 9.5v5l4.5-2.5z",
  note: "M9 17.5V6l10-2v11.5M9 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 15.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  page: "M6 3.5h8l4 4v13H6zM14 3.5v4h4M9 12h6M9 15.5h6",
  file: "M6 3.5h8l4 4v13H6zM14 3.5v4h4",
  microphone: "M12 14.5a3 3 0 0 0 3-3v-5a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21",
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M9 6v12M15 6v12",
  download: "M12 4v11M6.5 10L12 15.5 17.5 10M5 19.5h14",
};

/** @typedef {keyof typeof PATHS} IconName */

/** Decoration. The label of the element around it says what it means. */
export function Icon(/** @type {{ name: IconName, size?: number }} */ { name, size = 20 }) {
  return html`<svg class=${`icon icon-${name}`} viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true" focusable="false">
    <path d=${PATHS[name]} />
  </svg>`;
}

/** Two speech bubbles, one behind the other. */
export function Mark(/** @type {{ size?: number }} */ { size = 40 }) {
  return html`<svg class="mark" viewBox="0 0 48 48" width=${size} height=${size} aria-hidden="true" focusable="false">
    <path class="mark-behind" d="M21 8h15a8 8 0 0 1 8 8v9a8 8 0 0 1-4 6.9V38l-6.4-5H29" />
    <path class="mark-front" d="M12 13h14a8 8 0 0 1 8 8v6a8 8 0 0 1-8 8H17.5L9 41v-6.6A8 8 0 0 1 4 27v-6a8 8 0 0 1 8-8z" />
  </svg>`;
}

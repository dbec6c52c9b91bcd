/** A message with files in one line of text: in lists, quotes and notifications. */

import { iconOf, lengthText } from "./models/files.js";
import { withoutControls } from "./models/bidi.js";
import { previewOf } from "./renderer.js";
import { say } from "./strings.js";

/**
 * @typedef {import("./protocol.js").FileKind} FileKind
 * @typedef {{ name: string, kind: FileKind, isVoice?: boolean, seconds?: number }} Named a file, whether sent or not
 */

/**
 * @param {{ content: string, files?: Named[] }} message
 * @returns {string} such as “Photo: the harbour”
 */
export function summaryOf({ content, files = [] }) {
  const text = previewOf(content);
  const what = wordsFor(files);
  return what && text ? say.fileAndText({ file: what, text }) : what || text;
}

/** @param {{ files?: Named[] }} message @returns {import("./views/icons.js").IconName | null} */
export const symbolOf = ({ files = [] }) => (files.length > 0 ? iconOf(files[0]) : null);

/**
 * @param {Named[]} files
 * @returns {string} empty without files
 */
function wordsFor(files) {
  if (files.length === 0) return "";
  if (files.length > 1) return files.every(({ kind }) => kind === "picture") ? say.filePictures({ count: files.length }) : say.files({ count: files.length });
  const [{ kind, name, isVoice, seconds }] = files;
  if (isVoice) return seconds ? say.fileVoiceLasting({ time: lengthText(seconds) }) : say.fileVoice;
  if (kind === "picture") return say.filePicture;
  return kind === "video" ? say.fileVideo : withoutControls(name);
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { byMonth, inOrder, isForGallery } = await load("models/filelist.js");

/** @param {number} sequence @param {number} number @param {object} [about] @param {string} [timestamp] */
const listed = (sequence, number, about = {}, timestamp = "2026-03-10T12:00:00Z") => ({
  file: { fileId: `7-${sequence}-${number}`, name: "", type: "", kind: "picture", size: 1, ...about },
  messageId: `7-${sequence}`,
  sequence,
  sender: "bob",
  timestamp,
});

test("a gallery has pictures and videos, and no recorded voice in a video's container", () => {
  const files = [listed(1, 1), listed(2, 1, { kind: "video" }), listed(3, 1, { kind: "video", isVoice: true }), listed(4, 1, { kind: "pdf" })];
  assert.deepEqual(files.filter(isForGallery).map(({ sequence }) => sequence), [1, 2]);
});

test("files stand in the order of the conversation, each once", () => {
  const ordered = inOrder([listed(5, 1), listed(5, 2)], [listed(5, 2), listed(5, 1), listed(4, 10), listed(4, 2)]);
  assert.deepEqual(ordered.map(({ file }) => file.fileId), ["7-4-2", "7-4-10", "7-5-1", "7-5-2"]);
});

test("files of one month stand under it, in the order that they have", () => {
  const months = byMonth([listed(3, 1, {}, "2026-03-10T12:00:00Z"), listed(2, 1, {}, "2026-03-02T12:00:00Z"), listed(1, 1, {}, "2025-03-10T12:00:00Z")]);
  assert.deepEqual(months.map(({ month, files }) => [month, files.length]), [["2026-03", 2], ["2025-03", 1]]);
  assert.deepEqual(byMonth([]), []);
});

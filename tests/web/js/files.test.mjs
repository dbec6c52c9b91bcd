import assert from "node:assert/strict";
import { test } from "node:test";
import { load, speaking } from "./support.mjs";

await speaking("en");
const { boxOf, extensionOf, gridBoxOf, groupsOf, iconOf, kindOf, lengthText, nameParts, previewFor, sizeText } = await load("models/files.js");

/** @param {string} kind @param {string} name */
const file = (kind, name) => ({ fileId: `1-1-${name}`, name, type: "", kind, size: 1 });

test("a size is written in the unit that leaves few digits, in the language of the page", async () => {
  assert.deepEqual([0, 1, 999, 1_000, 1_499, 25_300_000, 3_000_000_000].map(sizeText), ["0 bytes", "1 byte", "999 bytes", "1 kB", "1 kB", "25.3 MB", "3 GB"]);
  await speaking("de");
  assert.equal(sizeText(25_300_000), "25,3 MB");
  await speaking("en");
});

test("a length is written as a clock shows it", () => {
  assert.deepEqual([0, 0.4, 12.4, 59.6, 61, 3_723].map(lengthText), ["0:00", "0:00", "0:12", "1:00", "1:01", "1:02:03"]);
});

test("the browser's type tells the kind of a file, and SVG and HTML are never pictures or text", () => {
  const types = ["image/webp", "image/svg+xml", "video/mp4", "audio/ogg", "application/pdf", "text/plain", "text/html", "application/json", ""];
  assert.deepEqual(types.map(kindOf), ["picture", "other", "video", "audio", "pdf", "text", "other", "text", "other"]);
});

test("the end of a name holds its extension and some letters before it", () => {
  assert.deepEqual(nameParts("minutes of the general meeting.pdf"), { start: "minutes of the general m", end: "eeting.pdf" });
  assert.deepEqual(nameParts("short.txt"), { start: "", end: "short.txt" });
  assert.deepEqual(nameParts("no extension at all"), { start: "no extension ", end: "at all" });
  assert.equal(extensionOf("archive.tar.gz"), "GZ");
  assert.equal(extensionOf("README"), "");
});

test("a name shows no other extension than it has", () => {
  assert.deepEqual(nameParts("holiday photo\u202egpj.exe"), { start: "holiday ph", end: "otogpj.exe" });
});

test("a name is not cut within a character", () => {
  const { start, end } = nameParts("😀".repeat(30));
  assert.equal([...start].length + [...end].length, 30);
  assert.ok(start.isWellFormed() && end.isWellFormed());
});

test("pictures that follow each other share a grid, and the order stays", () => {
  const kinds = ["picture", "picture", "video", "picture", "other"];
  const groups = groupsOf(kinds.map((kind, at) => file(kind, String(at))));
  assert.deepEqual(groups.map(({ kind, files }) => [kind, ...files.map(({ name }) => name)]), [["pictures", "0", "1"], ["video", "2"], ["pictures", "3"], ["other", "4"]]);
});

test("a picture keeps its shape, and is neither too large nor too small to be touched", () => {
  assert.deepEqual(boxOf({ width: 4_000, height: 3_000 }), { width: 360, height: 270 });
  assert.deepEqual(boxOf({ width: 3_000, height: 4_000 }), { width: 270, height: 360 });
  assert.deepEqual(boxOf({ width: 10_000, height: 10 }), { width: 360, height: 80 });
  assert.deepEqual(boxOf({ width: 10, height: 10_000 }), { width: 120, height: 360 });
  assert.deepEqual(boxOf({ width: 200, height: 150 }), { width: 200, height: 150 });
  assert.deepEqual(boxOf({}), { width: 320, height: 240 });
});

test("the size of a grid depends on the number of its pictures alone", () => {
  assert.deepEqual([2, 3, 4, 10].map((count) => gridBoxOf(count).height), [180, 240, 360, 360]);
});

test("the smallest preview that is sharp is chosen, or the largest one", () => {
  const previews = [{ width: 200, height: 150 }, { width: 800, height: 600 }, { width: 1_600, height: 1_200 }];
  assert.deepEqual([100, 200, 201, 9_000].map((pixels) => previewFor({ previews }, pixels)), [0, 0, 1, 2]);
  assert.equal(previewFor({}, 100), -1);
});

test("a voice message is no other sound, and an unknown kind is a file", () => {
  assert.equal(iconOf({ kind: "audio", isVoice: true }), "microphone");
  assert.equal(iconOf({ kind: "audio" }), "note");
  assert.equal(iconOf({ kind: "hologram" }), "file");
});

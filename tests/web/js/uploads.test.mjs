import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { partedByLimits } = await load("files/checks.js");
const { fileToSend, newEntry, withFile, withFiles } = await load("models/outbox.js");
const { levelOf, waveformOf } = await load("voice/waveform.js");

const MEGABYTE = 1_000_000;
const LIMITS = { largestBytes: 5 * MEGABYTE, filesAMessage: 3, types: ["image/*", "application/pdf"], quotaBytes: 10 * MEGABYTE, usedBytes: 4 * MEGABYTE };
const described = (name, size = 1, type = "image/png") => ({ name, size, type });
const names = (files) => files.map(({ name }) => name);

test("files are refused one by one, and the others are taken", () => {
  const { taken, refused } = partedByLimits([described("a"), described("large", 5 * MEGABYTE + 1), described("film", 1, "video/mp4"), described("b")], [], LIMITS);
  assert.deepEqual(names(taken), ["a", "b"]);
  assert.deepEqual(refused, [{ name: "large", code: "file_too_large" }, { name: "film", code: "file_type_refused" }]);
});

test("a message has a number of files at most, with those that are attached already", () => {
  const { taken, refused } = partedByLimits([described("c"), described("d")], [described("a"), described("b")], LIMITS);
  assert.deepEqual(names(taken), ["c"]);
  assert.deepEqual(refused, [{ name: "d", code: "too_many_files" }]);
});

test("the quota counts what is used, what is attached, and the files before", () => {
  const { taken, refused } = partedByLimits([described("b", 3 * MEGABYTE), described("c", MEGABYTE), described("d", 1)], [described("a", 2 * MEGABYTE)], { ...LIMITS, filesAMessage: 10 });
  assert.deepEqual(names(taken), ["b", "c"]);
  assert.deepEqual(refused, [{ name: "d", code: "quota_exceeded" }]);
});

test("what the browser does not know is left to the server", () => {
  const many = Array.from({ length: 12 }, (_, at) => described(String(at), 9 * MEGABYTE, ""));
  assert.equal(partedByLimits(many, [], null).taken.length, 10);
  assert.deepEqual(partedByLimits([described("unknown", 1, "")], [], LIMITS).refused, []);
  assert.deepEqual(partedByLimits([described("voice", 1, "image/webp;codecs=x")], [], LIMITS).refused, []);
  assert.deepEqual(partedByLimits([described("any", MEGABYTE, "a/b")], [], { ...LIMITS, types: null, quotaBytes: null, usedBytes: 99 * MEGABYTE }).refused, []);
});

const file = (id) => ({ id, name: id, type: "", kind: "other", size: 1, alt: "", width: null, height: null, blob: null, uploadId: null });

test("an unsent message loses its files one by one, and ends with the last if it has no text", () => {
  const entry = withFiles(newEntry("alice", "u:bob", "", "2026-03-10T12:00:00Z"), [file("a"), file("b")]);
  const one = withFile(entry, "a", null);
  assert.deepEqual(one.files.map(({ id }) => id), ["b"]);
  assert.equal(withFile(one, "b", null), null);
  const written = withFile({ ...one, content: "a text" }, "b", null);
  assert.equal(written.content, "a text");
  assert.ok(!("files" in written));
  assert.equal(withFile(entry, "b", { uploadId: "u" }).files[1].uploadId, "u");
  assert.ok(!("files" in withFiles(newEntry("alice", "u:bob", "x", ""), [])));
});

test("a file is sent with what is known of it alone", () => {
  assert.deepEqual(fileToSend({ ...file("a"), uploadId: "u" }), { uploadId: "u" });
  assert.deepEqual(fileToSend({ ...file("a"), uploadId: "u", kind: "picture", width: 3, height: 4, alt: "a cat" }), { uploadId: "u", alt: "a cat" });
  assert.deepEqual(fileToSend({ ...file("a"), uploadId: "u", kind: "video", width: 3, height: 4, seconds: 2 }), { uploadId: "u", width: 3, height: 4, seconds: 2 });
  assert.deepEqual(fileToSend({ ...file("a"), uploadId: "u", kind: "audio", seconds: 2, waveform: [0, 100], isVoice: true }), { uploadId: "u", seconds: 2, waveform: [0, 100], isVoice: true });
});

test("a waveform has the loudness of each part, beside that of the loudest", () => {
  const samples = Float32Array.from({ length: 6_400 }, (_, at) => (at < 3_200 ? 0.25 : 0.5) * (at % 2 === 0 ? 1 : -1));
  const waveform = waveformOf(samples);
  assert.equal(waveform.length, 64);
  assert.deepEqual(new Set(waveform.slice(0, 32)), new Set([50]));
  assert.deepEqual(new Set(waveform.slice(32)), new Set([100]));
});

test("silence and very short sounds have a waveform too", () => {
  assert.deepEqual(waveformOf(new Float32Array(1_000)), Array(64).fill(0));
  assert.deepEqual(waveformOf(Float32Array.of(0.1, 0.2)), [50, 100]);
  assert.deepEqual(waveformOf(new Float32Array(0)), []);
  assert.equal(levelOf(new Float32Array(0)), 0);
});

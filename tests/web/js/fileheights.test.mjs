import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { heightOf } = await load("models/fileheights.js");
const picture = { kind: "picture", width: 1_600, height: 1_200 };

test("a picture is as high as its shape makes it in the room that there is", () => {
  assert.equal(heightOf([picture], 1_000), 6 + 270);
  assert.ok(heightOf([picture], 320) < 170);
});

test("a grid has the height of its number, and other files add theirs", () => {
  assert.equal(heightOf([picture, picture], 1_000), 6 + 180);
  assert.equal(heightOf([picture, picture, { kind: "other" }], 1_000), 6 + 180 + 6 + 60);
  assert.ok(heightOf([{ kind: "video", isVoice: true }], 1_000) < heightOf([{ kind: "video" }], 1_000));
});

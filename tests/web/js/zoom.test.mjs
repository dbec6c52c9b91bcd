import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { fitted, held, LARGEST_SCALE, moved, pinched, WHOLE, zoomed } = await load("models/zoom.js");
const picture = { width: 800, height: 400 };
const frame = { width: 800, height: 600 };

test("a picture is enlarged around a point, which stays where it is", () => {
  const view = zoomed(WHOLE, 2, { x: 100, y: -50 });
  assert.deepEqual(view, { scale: 2, x: -100, y: 50 });
  assert.deepEqual(zoomed(view, 0.5, { x: 100, y: -50 }), { scale: 1, x: 0, y: 0 });
});

test("it is never smaller than the whole, nor larger than makes sense", () => {
  assert.equal(zoomed(WHOLE, 0.1, { x: 0, y: 0 }).scale, 1);
  assert.equal(zoomed(WHOLE, 1_000, { x: 0, y: 0 }).scale, LARGEST_SCALE);
});

test("what is larger than the window covers it, and what is smaller is in its middle", () => {
  assert.deepEqual(held({ scale: 2, x: 5_000, y: 5_000 }, picture, frame), { scale: 2, x: 400, y: 100 });
  assert.deepEqual(held({ scale: 2, x: -5_000, y: -5_000 }, picture, frame), { scale: 2, x: -400, y: -100 });
  assert.deepEqual(held({ scale: 1, x: 30, y: 30 }, picture, frame), { scale: 1, x: 0, y: 0 });
  assert.deepEqual(held(moved({ scale: 2, x: 0, y: 0 }, { x: 10, y: -20 }), picture, frame), { scale: 2, x: 10, y: -20 });
});

test("two fingers enlarge by how far they part, and move the picture with their middle", () => {
  const view = pinched(WHOLE, [{ x: -10, y: 0 }, { x: 10, y: 0 }], [{ x: -20, y: 5 }, { x: 40, y: 5 }]);
  assert.equal(view.scale, 3);
  // The point between the fingers is that of the picture's middle, as before.
  assert.deepEqual([view.x, view.y], [10, 5]);
});

test("a picture is fitted into the window, and a small one is not enlarged", () => {
  assert.deepEqual(fitted({ width: 1_600, height: 400 }, frame), { width: 800, height: 200 });
  assert.deepEqual(fitted({ width: 20, height: 10 }, frame), { width: 20, height: 10 });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { HeightIndex } = await load("models/windowing.js");
const rows = (count) => Array.from({ length: count }, (_, index) => ({ key: `r${index}` }));

function indexOf(count, estimate = 50) {
  const index = new HeightIndex(() => estimate);
  index.setRows(rows(count));
  return index;
}

test("of 50,000 rows only those in sight and a margin are drawn", () => {
  const { start, end, before, after } = indexOf(50_000).range(1_000_000, 800, 200);
  assert.ok(end - start < 40);
  assert.ok(start <= 20_000 && end >= 20_016);
  assert.equal(before + (end - start) * 50 + after, 2_500_000);
});

test("a measured height moves what is below it", () => {
  const index = indexOf(10);
  assert.ok(index.measure([["r2", 120]]));
  assert.equal(index.offsetOf("r2"), 100);
  assert.equal(index.offsetOf("r3"), 220);
  assert.ok(!index.measure([["r2", 120]]));
});

test("heights stay with their rows when older ones come in above", () => {
  const index = indexOf(3);
  index.measure([["r1", 80]]);
  index.setRows([{ key: "older" }, ...index.rows]);
  assert.equal(index.offsetOf("r2"), 50 + 50 + 80);
});

test("the row at an offset is the one that covers it", () => {
  const index = indexOf(5);
  assert.equal(index.rowAt(0), 0);
  assert.equal(index.rowAt(49.9), 0);
  assert.equal(index.rowAt(50), 1);
  assert.equal(index.rowAt(1_000_000), 4);
  assert.equal(indexOf(0).rowAt(10), 0);
});

/** How long the system keeps messages, as events and syncs say it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

globalThis.document = /** @type {any} */ ({ getElementById: () => null });

const { expectRetention, systemDays, takeRetention } = await load("retention.js");

test("a sync says what is true after a page was away", () => {
  const take = expectRetention();
  take({ retentionDays: 30 });
  assert.equal(systemDays.value, 30);
});

test("an event that comes while a sync is under way has the last word", () => {
  const take = expectRetention();
  takeRetention({ retentionDays: 7 });
  take({ retentionDays: 30 });
  assert.equal(systemDays.value, 7);
  expectRetention()({ retentionDays: 0 });
  assert.equal(systemDays.value, 0);
});

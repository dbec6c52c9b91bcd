import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { isAmong, may, mayRemove, ROLES } = await load("models/permissions.js");
const allowed = (action) => ROLES.filter((role) => may(role, action));

test("owners may do everything, admins what concerns members and the name, members nothing of that", () => {
  assert.deepEqual(allowed("changeRoles"), ["owner"]);
  assert.deepEqual(allowed("delete"), ["owner"]);
  assert.deepEqual(allowed("add"), ["owner", "admin"]);
  assert.deepEqual(allowed("changeDetails"), ["owner", "admin"]);
});

test("an admin removes members, and only an owner removes admins and owners", () => {
  assert.deepEqual(ROLES.filter((role) => mayRemove(role, "member")), ["owner", "admin"]);
  assert.deepEqual(ROLES.filter((role) => mayRemove(role, "admin")), ["owner"]);
  assert.deepEqual(ROLES.filter((role) => mayRemove(role, "owner")), ["owner"]);
});

test("a setting names everybody, or owners and admins", () => {
  assert.deepEqual(ROLES.filter((role) => isAmong(role, "everybody")), ["owner", "admin", "member"]);
  assert.deepEqual(ROLES.filter((role) => isAmong(role, "admins")), ["owner", "admin"]);
});

import { expect, test } from "vitest";
import { defaultLedgerPath } from "../../../../src/ledger/file/location.js";

test.each([
  ["root", 0, {}, "/var/lib/docker-gc/ledger.db"],
  ["root with a state folder", 0, { XDG_STATE_HOME: "/s" }, "/var/lib/docker-gc/ledger.db"],
  ["a user with a state folder", 1000, { XDG_STATE_HOME: "/s" }, "/s/docker-gc/ledger.db"],
  ["a user", 1000, {}, "/home/ann/.local/state/docker-gc/ledger.db"],
  ["an empty state folder", 1000, { XDG_STATE_HOME: "" }, "/home/ann/.local/state/docker-gc/ledger.db"],
  ["a relative state folder", 1000, { XDG_STATE_HOME: "s" }, "/home/ann/.local/state/docker-gc/ledger.db"],
  ["a system without user IDs", null, {}, "/home/ann/.local/state/docker-gc/ledger.db"],
])("the ledger of %s", (_, uid, env, path) => {
  expect(defaultLedgerPath({ uid, home: "/home/ann", env })).toBe(path);
});

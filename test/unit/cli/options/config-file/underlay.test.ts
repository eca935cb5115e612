import { expect, it } from "vitest";
import { type Settings } from "../../../../../src/cli/options/settings.js";
import { settingsOf } from "../../../../support/config-settings.js";

it("gives way to the environment, and that to the command line, lists included", async () => {
  const text = "quota: 1G\ngrace: 1s\nmax-age: 1d\nkeep: [a]\nonly: [b]\nquiet: true\ncontext: x\n";
  const env = { DOCKER_GC_GRACE: "2s", DOCKER_GC_MAX_AGE: "2d", DOCKER_GC_KEEP: "c\nd" };
  const settings = await settingsOf(text, ["--max-age=3d", "-v", "--host=unix:///y"], env);
  expect(settings).toMatchObject({
    policy: { maxAgeMs: 3 * 86_400_000, graceMs: 2000, limits: { quota: { value: 2 ** 30 } } },
    verbosity: "verbose",
    host: { value: "unix:///y" },
    context: undefined,
  });
  const texts = (rules: Settings["policy"]["only"]) => rules?.map((each) => each.text);
  expect(texts(settings.policy.keep)).toEqual(["c", "d"]);
  expect(texts(settings.policy.only)).toEqual(["b"]);
  expect(settings.policy.only?.[0]?.origin).toMatch(/config\.yaml:5$/);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEngineNames, parseRemoval } from "../../../../src/engine/docker-api/image-answers.js";
import { parseContainers } from "../../../../src/engine/docker-api/user-answers.js";
import { describeEngine, readClock } from "../../../../src/engine/docker-api/description.js";
import { imageId } from "../../../support/values.js";
import { parseImages } from "../../../support/parse-images.js";

const id = imageId("app");

const hex = id.slice("sha256:".length);

describe("any JSON at all", () => {
  /** Words of the API, so that what is made up comes close to it. */
  const key = fc.constantFrom(
    ...[
      "Id",
      "ID",
      "Names",
      "RepoTags",
      "RepoDigests",
      "Labels",
      "Size",
      "ImageID",
      "Mounts",
      "Type",
      "Name",
    ],
    ...[
      "ParentId",
      "Created",
      "Driver",
      "DriverStatus",
      "SystemTime",
      "ServerVersion",
      "toString",
      "__proto__",
    ],
  );
  const text = fc.constantFrom(
    "",
    "sha256:",
    id,
    hex,
    "<none>:<none>",
    "image",
    "driver-type",
    "2026-01-01T00:00:00Z",
    "x",
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: "medium" },
      fc.constant(null),
      fc.boolean(),
      fc.double(),
      text,
      fc.string({ unit: "binary" }),
      fc.array(tie("json"), { maxLength: 4 }),
      fc
        .array(fc.tuple(key, tie("json")), { maxLength: 8 })
        .map((entries) => Object.fromEntries(entries) as unknown),
    ),
  }));
  const parsers: Readonly<Record<string, (answer: unknown) => unknown>> = {
    images: parseImages,
    containers: parseContainers,
    names: parseEngineNames,
    removal: parseRemoval,
    description: (info) => describeEngine({ headers: { "api-version": "1.41" }, info, host: "h" }),
    clock: (info) => readClock({ info, askedAt: 0, receivedAt: 0 }),
  };

  it.each(Object.keys(parsers))("is read as %s, or refused as what an engine must not say", (name) => {
    const parse = parsers[name];
    fc.assert(
      fc.property(fc.oneof(json, fc.array(json)), (made) => {
        const answer: unknown = JSON.parse(JSON.stringify(made));
        try {
          parse?.(answer);
        } catch (error) {
          expect(error).toMatchObject({ name: "Failure", code: "engine" });
          expect((error as Error).message).not.toContain("\n");
        }
      }),
      { numRuns: 3000 },
    );
  });
});

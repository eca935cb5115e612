import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeVersion } from "./one-file.js";

interface Manifest {
  readonly version: string;
  readonly license?: string;
}

/** What is inside, as a bill of materials: CycloneDX 1.5, without a time or a number of its own, so that two come out the same. */
export async function bill(root: string): Promise<string> {
  const { version } = await manifestIn(root);
  const inside = await readFile(join(root, "dist/LICENCES.txt"), "utf8");
  const names = [...inside.matchAll(/^-{80}\n\n(\S+) \d/gm)].map(([, name = ""]) => name);
  const components = await Promise.all(
    [...names, "better-sqlite3"].sort().map((name) => componentOf(root, name)),
  );
  const node = {
    type: "platform",
    name: "node",
    version: nodeVersion,
    purl: `pkg:generic/node@${nodeVersion}`,
  };
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": "docker-gc",
        name: "docker-gc",
        version,
        licenses: [{ license: { id: "MIT" } }],
      },
    },
    components: [...new Map([...components, node].map((each) => [each.purl, each])).values()],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

async function componentOf(root: string, name: string) {
  const { version, license } = await manifestIn(join(root, "node_modules", name));
  const terms = license === undefined ? {} : { licenses: [{ expression: license }] };
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return { type: "library", name, version, ...terms, purl };
}

async function manifestIn(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}

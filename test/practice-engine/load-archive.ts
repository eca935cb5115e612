import type { ImageId } from "../../src/core/image/image.js";
import { readTar } from "../support/tar.js";
import { digestOf } from "./layers.js";
import { Refusal } from "./refusal.js";
import type { EngineState } from "./state.js";

interface Manifest {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[];
}

interface Config {
  readonly created?: string;
  readonly config?: {
    readonly Cmd?: readonly string[];
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

/** POST /images/load: takes a docker archive, and answers with the lines that `docker load` prints. */
export function loadArchive(state: EngineState, archive: Buffer): readonly object[] {
  const files = readTar(archive);
  const manifests = JSON.parse(required(files, "manifest.json").toString()) as readonly Manifest[];
  return manifests.flatMap((manifest) => {
    const content = required(files, manifest.Config);
    const config = JSON.parse(content.toString()) as Config;
    const layers = manifest.Layers.map((path, index) => ({
      diffId: config.rootfs.diff_ids[index] ?? "",
      bytes: fileBytes(required(files, path)),
    }));
    const names = manifest.RepoTags ?? [];
    const id = digestOf(content) as ImageId;
    const { Cmd = [], Labels } = config.config ?? {};
    const created = Math.floor(Date.parse(config.created ?? "1970-01-01T00:00:00Z") / 1000);
    state.loadImage({ id, parentId: null, layers, labels: Labels ?? {}, created, command: Cmd }, names);
    if (names.length === 0) return [{ stream: `Loaded image ID: ${id}\n` }];
    return names.map((name) => ({ stream: `Loaded image: ${name}\n` }));
  });
}

/** The engine counts the bytes of files; folders are free. */
function fileBytes(layer: Buffer): number {
  return [...readTar(layer).values()].reduce((sum, { length }) => sum + length, 0);
}

function required(files: ReadonlyMap<string, Buffer>, path: string): Buffer {
  const content = files.get(path);
  if (content === undefined) throw new Refusal(500, `open ${path}: no such file or directory`);
  return content;
}
